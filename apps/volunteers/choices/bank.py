"""The time bank: accounts, what moves minutes between them, what is held, and what needs two people."""

from django.db import models


class AccountKind(models.TextChoices):
    """ISSUE is where minutes come from and go back to: the sum of all entries is zero. OUTSIDE stands for the banks of
    other bureaus, and for the other banks of this portal."""

    PERSON = "person", "个人账户"
    POOL = "pool", "公共池"
    ISSUE = "issue", "产生和使用"
    OUTSIDE = "outside", "其他时间银行"


class AccountState(models.TextChoices):
    OPEN = "open", "正常"
    FROZEN = "frozen", "冻结"
    CLOSED = "closed", "已销户"


class TransferKind(models.TextChoices):
    EARN = "earn", "服务存入"
    SPEND = "spend", "使用"
    GIFT = "gift", "赠送"
    DONATE = "donate", "捐入公共池"
    SURPLUS = "surplus", "超过上限转入公共池"
    GRANT = "grant", "公共池拨付"
    OUT = "out", "转到其他时间银行"
    OPENING = "opening", "期初转入"
    CONTRA = "contra", "更正"
    SETTLE = "settle", "离世后结清"


# What still moves where an account is frozen: nothing but putting right and settling.
WHILE_FROZEN = (TransferKind.CONTRA, TransferKind.SETTLE)


class HoldState(models.TextChoices):
    HELD = "held", "预留中"
    CAPTURED = "captured", "已使用"
    RELEASED = "released", "已退回"


class ApprovalKind(models.TextChoices):
    """What one member of staff proposes and another confirms."""

    GRANT = "grant", "从公共池拨付"
    CONTRA = "contra", "更正"
    OPENING = "opening", "期初转入"


class ApprovalState(models.TextChoices):
    WAITING = "waiting", "等复核"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class OutState(models.TextChoices):
    """Of a statement for another bureau's bank: minutes are held until the signed paper is back."""

    PRINTED = "printed", "已打印，等签字盖章"
    CLOSED = "closed", "已转出"
    CANCELLED = "off", "已取消"
