from django.db import models


class Source(models.TextChoices):
    """Where what is written down comes from; who entered it is kept beside it (issue: on behalf)."""

    STAFF = "staff", "工作人员"
    SELF = "self", "本人"
    CALL = "call", "来电"
    VISIT = "visit", "来访"
    LETTER = "letter", "来信"
    BRANCH = "branch", "支部代报"
    FAMILY = "family", "家属"
    UNIT = "unit", "单位报送"
    OFFICE = "office", "其他部门提供"
    FILE = "file", "名册导入"


class PaperState(models.TextChoices):
    """What must be signed and stamped is not done while it is on its way."""

    PRINTED = "printed", "已打印"
    TO_SIGN = "to_sign", "待签字盖章"
    RETURNED = "returned", "已收回"
    ARCHIVED = "archived", "已归档"
    CANCELLED = "cancelled", "已作废"
