"""The tree of party organisations of retired cadres."""

from django.db import models
from treebeard.mp_tree import MP_Node

from apps.branches.choices import Composition, Formation, Kind, Level
from apps.common.models import Record
from apps.organisation.models import Community, Unit


class Organisation(Record, MP_Node):
    """A party organisation of retired cadres (tree of 党工委, 党委, 党总支, 支部, 小组)."""

    node_order_by: list[str] = []

    name = models.CharField("名称", max_length=120, unique=True)
    short_name = models.CharField("简称", max_length=60, blank=True, db_default="")
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.FORMAL)
    level = models.CharField("层级", max_length=14, choices=Level, default=Level.BRANCH)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="所属单位")
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, verbose_name="依托社区")
    established_on = models.DateField("成立日期", null=True, blank=True)
    term_ends_on = models.DateField("任期届满日", null=True, blank=True)
    approval_document = models.CharField("成立批复文号", max_length=60, blank=True, db_default="")
    formation = models.CharField("组建方式", max_length=10, choices=Formation, blank=True, db_default="")
    composition = models.CharField("人员构成", max_length=10, choices=Composition, blank=True, db_default="")
    term_began_on = models.DateField("本届任期起", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField("每届年数", default=3, db_default=3)
    venue = models.CharField("活动场所", max_length=60, blank=True, db_default="")
    venue_address = models.CharField("场所地址", max_length=120, blank=True, db_default="")
    party_day = models.PositiveSmallIntegerField("每月主题党日", null=True, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    dissolution_document = models.CharField("撤销文号", max_length=60, blank=True, db_default="")
    dissolution_reason = models.CharField("撤销原因", max_length=100, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "党组织"
        verbose_name_plural = "党组织"
        permissions = [("enter_for_branch", "替支部登记（代录）")]

    def __str__(self) -> str:
        return self.name
