"""Words of outside posts and of what is done in them."""

from django.db import models


class PlaceLevel(models.TextChoices):
    """Where a post is held: the seeds count communities and villages apart."""

    COMMUNITY = "block", "社区、小区、网格"
    VILLAGE = "village", "村"
    SOCIETY = "society", "社会组织"
    TOWN = "town", "镇街、区县、市"
    OTHER = "other", "学校、企业、其他"


class PostEnd(models.TextChoices):
    TERM = "term", "任期届满"
    OWN = "own", "本人不再担任"
    HEALTH = "health", "身体原因"
    MOVED = "moved", "搬离、随子女居住"
    WORK = "work", "工作需要调整"
    DEATH = "death", "离世"
    OTHER = "other", "其他"


ENDINGS = [pair for pair in PostEnd.choices if pair[0] != PostEnd.DEATH]


class ProblemOutcome(models.TextChoices):
    SOLVED = "solved", "已经解决"
    PART = "part", "部分解决"
    PASSED = "passed", "转给主管部门长期处理"
    NOT = "not", "暂时解决不了，已说明"


class ProblemState(models.TextChoices):
    """Derived: it stands in no column."""

    FOUND = "found", "还没上报"
    REPORTED = "reported", "已上报，等办结"
    CLOSED = "closed", "已办结"


class CaseOutcome(models.TextChoices):
    ANSWERED = "answered", "已经解答"
    SETTLED = "settled", "已经解决、调解成功"
    REFERRED = "referred", "转有关部门、机构办理"
    FAILED = "failed", "没有谈成"
    WITHDRAWN = "dropped", "当事人撤回"
