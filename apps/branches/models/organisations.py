"""The tree of party organisations of retired cadres."""

from django.db import models
from django.db.models import Q
from treebeard.mp_tree import MP_Node

from apps.branches.choices import ActKind, Composition, Formation, HonourLevel, Kind, Level
from apps.common import history
from apps.common.models import Attachment, Record
from apps.organisation.models import Community, Unit

from .capable import kind_trigger, level_trigger


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
    brand = models.CharField("党建品牌", max_length=40, blank=True, db_default="")
    brand_note = models.CharField("品牌简介", max_length=300, blank=True, db_default="")
    phone = models.CharField("联系电话", max_length=20, blank=True, db_default="")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    dissolution_document = models.CharField("撤销文号", max_length=60, blank=True, db_default="")
    dissolution_reason = models.CharField("撤销原因", max_length=100, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "党组织"
        verbose_name_plural = "党组织"
        permissions = [("enter_for_branch", "替支部登记（代录）")]
        triggers = [*Record.Meta.triggers, kind_trigger(), level_trigger(MP_Node.steplen)]
        constraints = [
            models.CheckConstraint(
                condition=Q(party_day__isnull=True) | Q(party_day__range=(1, 31)),
                name="organisation_party_day",
                violation_error_message="每月主题党日填 1 到 31。",
            ),
            models.CheckConstraint(
                condition=Q(term_years__range=(1, 10)),
                name="organisation_term_years",
                violation_error_message="每届年数填 1 到 10。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_standing(self) -> bool:
        """Neither dissolved nor voided."""
        return self.dissolved_on is None and self.voided_at is None

    def is_group_of(self, branch: "Organisation") -> bool:
        """Whether this is a 党小组 right below `branch`."""
        return self.level == Level.GROUP and self.path[: -self.steplen] == branch.path


class OrganisationAct(Record):
    """Something that happened to an organisation by a document: founded, changed, merged into, dissolved (沿革).

    `moved` keeps the ids of what a dissolution closed and opened, so that it can be undone on the same day:
    ids under "closed" and "opened" (memberships), "posts", "contacts" (联系党员) and "told" (lines of this table).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="acts", verbose_name="党组织")
    kind = models.CharField("事项", max_length=10, choices=ActKind)
    happened_on = models.DateField("日期")
    document_no = models.CharField("文号", max_length=60, blank=True, db_default="")
    note = models.CharField("说明", max_length=300, blank=True, db_default="")
    target = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="taken_in", verbose_name="并入的党组织"
    )
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件扫描件"
    )
    moved = models.JSONField(default=dict, db_default={}, editable=False)

    class Meta(Record.Meta):
        verbose_name = "党组织沿革"
        verbose_name_plural = "党组织沿革"
        ordering = ["-happened_on", "-id"]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_kind_display()}"


@history.track()
class OrganisationHonour(Record):
    """An honour that an organisation was given (集体荣誉)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="honours", verbose_name="党组织")
    name = models.CharField("荣誉名称", max_length=80)
    level = models.CharField("级别", max_length=10, choices=HonourLevel)
    awarded_on = models.DateField("授予日期")
    awarded_by = models.CharField("授予单位", max_length=80, blank=True, db_default="")
    document_no = models.CharField("文号", max_length=60, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "党组织荣誉"
        verbose_name_plural = "党组织荣誉"
        ordering = ["-awarded_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "awarded_on"],
                condition=Q(voided_at__isnull=True),
                name="organisationhonour_once",
                violation_error_message="这项荣誉已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return self.name
