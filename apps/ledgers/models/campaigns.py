"""Festival campaigns: for whom, with what, by which standard, within which budget."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Paper, Record, Versioned
from apps.ledgers.choices import Method
from apps.ledgers.choices.campaigns import CampaignKind, CampaignState, Category, Handed, Layer, TargetState
from apps.organisation.models import Unit
from apps.people.models import Household, Person
from apps.registry.models import Cadre, LifeEvent, ServingLeader

from .care import OfVisibleCadres
from .contacts import Contact

RESULTS = uuid.UUID("0c6c0f0a-6a3e-4a7e-8f55-2b9d4d1c7e42")
ZERO = Decimal("0.00")


@history.track()
class Campaign(Record):
    """One round of greetings of a unit, such as 2027春节. Contacts carry its `name`, so do the duties of a festival.

    From `starts_on` to `last_day`, both included. Money in yuan. Approved only within the budget; closed with its
    totals, which `closing` keeps as they were then.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("哪种慰问", max_length=12, choices=CampaignKind)
    name = models.CharField("名称", max_length=20, help_text="例如 2027春节；走访记录里的“所属慰问”就是它")
    starts_on = models.DateField("从哪天")
    last_day = models.DateField("到哪天（含）")
    festival_on = models.DateField("节日", null=True, blank=True)
    budget = models.DecimalField("预算（元）", max_digits=12, decimal_places=2)
    state = models.CharField(
        "进度", max_length=8, choices=CampaignState, default=CampaignState.DRAFT, db_default="draft", editable=False
    )
    note = models.CharField("说明", max_length=300, blank=True, db_default="")
    approved_on = models.DateField("核定日期", null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="核定人"
    )
    closed_on = models.DateField("结账日期", null=True, blank=True, editable=False)
    closing = models.JSONField("结账数", default=dict, db_default={}, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="建立人"
    )

    class Meta(Record.Meta):
        verbose_name = "节日慰问"
        verbose_name_plural = "节日慰问"
        ordering = ["-starts_on", "-id"]
        permissions = [("approve_campaign", "核定慰问对象和金额、结账")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(voided_at__isnull=True),
                name="campaign_once",
                violation_error_message="这个单位已经有同名的慰问。",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("starts_on")),
                name="campaign_order",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=0), name="campaign_budget", violation_error_message="预算不能是负数。"
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="campaign_list"),
            models.Index(fields=["starts_on"], name="campaign_open", condition=~Q(state="closed")),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSource(Versioned):
    """Where the money of a budget comes from."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="sources", verbose_name="慰问")
    name = models.CharField("资金来源", max_length=60, help_text="例如 市财政专项、党费、单位工会经费")
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)

    class Meta(Versioned.Meta):
        verbose_name = "资金来源"
        verbose_name_plural = "资金来源"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="campaignsource_amount", violation_error_message="金额不能是负数。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CampaignStandard(Versioned):
    """What somebody of a category gets: from the rule set of the campaign's first day, then the campaign's own."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="standards", verbose_name="慰问")
    category = models.CharField("哪类对象", max_length=10, choices=Category)
    money = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, default=ZERO, db_default=ZERO)
    gift = models.CharField("慰问品", max_length=100, blank=True, db_default="")
    gift_value = models.DecimalField("慰问品折价（元）", max_digits=10, decimal_places=2, default=ZERO, db_default=ZERO)

    class Meta(Versioned.Meta):
        verbose_name = "慰问标准"
        verbose_name_plural = "慰问标准"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "category"], name="campaignstandard_once"),
            models.CheckConstraint(
                condition=Q(money__gte=0, gift_value__gte=0),
                name="campaignstandard_amounts",
                violation_error_message="金额不能是负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_category_display()


@history.track()
class VisitRoute(Record):
    """Visits of one day by one leader, or by one colleague: stops in order, a vehicle, who goes along. Part of a
    campaign or on its own. `printed_at`: when its papers were printed last; what changed since is told on the morning.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="routes", verbose_name="所属慰问"
    )
    on_day = models.DateField("哪一天")
    leader = models.ForeignKey(
        ServingLeader, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="慰问领导"
    )
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="visit_routes",
        verbose_name="走访人",
    )  # fmt: skip
    companions = models.CharField("陪同人员", max_length=200, blank=True, db_default="")
    vehicle = models.CharField(
        "车辆、集合", max_length=200, blank=True, db_default="", help_text="例如 8:30 局门口，公务车，司机小梁"
    )
    printed_at = models.DateTimeField("打印时间", null=True, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="安排人"
    )

    class Meta(Record.Meta):
        verbose_name = "走访安排"
        verbose_name_plural = "走访安排"
        ordering = ["-on_day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(leader__isnull=False) | Q(visitor__isnull=False),
                name="visitroute_who",
                violation_error_message="请选慰问领导，或者走访人。",
            )
        ]
        indexes = [models.Index(fields=["-on_day", "-id"], name="visitroute_list")]

    def __str__(self) -> str:
        return f"{self.on_day.month}月{self.on_day.day}日 {self.who}"

    @property
    def who(self) -> str:
        return str(self.leader or self.visitor or "")


class VisitStop(Versioned):
    """One door: those of a household stand on one stop, each with an envelope of his own. `contact` is what was
    recorded of it."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="stops", db_index=False, verbose_name="慰问"
    )
    route = models.ForeignKey(
        VisitRoute,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stops",
        db_index=False,
        verbose_name="走访安排",
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="家庭"
    )
    position = models.PositiveSmallIntegerField("顺序", default=0, db_default=0)
    contact = models.OneToOneField(
        Contact, models.PROTECT, null=True, blank=True, related_name="visit_stop", verbose_name="走访记录"
    )

    class Meta(Versioned.Meta):
        verbose_name = "走访的一户"
        verbose_name_plural = "走访的户"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "household"], condition=Q(household__isnull=False), name="visitstop_household"
            )
        ]
        indexes = [
            models.Index(fields=["campaign", "route"], name="visitstop_campaign"),
            models.Index(fields=["route", "position"], name="visitstop_route"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id or 0}.{self.pk}"

    @property
    def standing_contact(self) -> Contact | None:
        """What was recorded of it, unless it was voided since; load `contact` beforehand."""
        return self.contact if self.contact_id and self.contact.voided_at is None else None

    @property
    def form_key(self) -> uuid.UUID:
        """Names the next result: another one once a result was recorded, so that the same form sent twice is one."""
        return uuid.uuid5(RESULTS, f"{self.pk}:{self.contact_id or 0}")


@history.track(exclude=("address_index", "facts_at_print"))
class VisitTarget(Versioned):
    """Somebody who is to be visited, with his envelope. Of 遗属 `cadre` is the dead whose family they are and `family`
    or `family_name` who receives.

    `layers`: who plans to go. `money` and `gift_value` in yuan, by the standard unless `own_amount`. `address_index`
    and `facts_at_print` are what was true when the papers were printed.
    """

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="targets", db_index=False, verbose_name="慰问"
    )
    stop = models.ForeignKey(
        VisitStop, models.CASCADE, null=True, blank=True, related_name="targets", verbose_name="哪一户"
    )
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="visit_targets", verbose_name="老同志")
    family = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="遗属")
    family_name = models.CharField("遗属姓名", max_length=60, blank=True, db_default="")
    category = models.CharField("类别", max_length=10, choices=Category, default=Category.OTHER)
    groups = ArrayField(
        models.CharField(max_length=10, choices=Category), default=list, db_default=[], verbose_name="符合"
    )
    layers = ArrayField(
        models.CharField(max_length=10, choices=Layer), default=list, db_default=[], blank=True, verbose_name="谁去看"
    )
    state = models.CharField(
        "情况", max_length=8, choices=TargetState, default=TargetState.CHOSEN, db_default="chosen", editable=False
    )
    reason = models.CharField("增减原因", max_length=200, blank=True, db_default="")
    money = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, default=ZERO, db_default=ZERO)
    gift = models.CharField("慰问品", max_length=100, blank=True, db_default="")
    gift_value = models.DecimalField("慰问品折价（元）", max_digits=10, decimal_places=2, default=ZERO, db_default=ZERO)
    own_amount = models.BooleanField("金额另定", default=False, db_default=False)
    redirect = models.CharField("改到哪里看", max_length=10, choices=Method, blank=True, db_default="")
    handed = models.CharField("领取情况", max_length=10, choices=Handed, blank=True, default="", db_default="")
    receiver = models.CharField("领取人", max_length=60, blank=True, db_default="")
    relation = models.CharField("代领关系", max_length=30, blank=True, db_default="")
    handed_on = models.DateField("日期", null=True, blank=True)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    card = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="情况卡"
    )
    address_index = models.BinaryField(null=True, editable=False)
    facts_at_print = models.JSONField("打印时的情况", default=dict, db_default={}, editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "慰问对象"
        verbose_name_plural = "慰问对象"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "cadre"], condition=Q(campaign__isnull=False), name="visittarget_once"
            ),
            models.UniqueConstraint(fields=["stop", "cadre"], name="visittarget_stop_once"),
            models.CheckConstraint(
                condition=Q(money__gte=0, gift_value__gte=0),
                name="visittarget_amounts",
                violation_error_message="金额不能是负数。",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "category"], name="visittarget_campaign"),
            models.Index(
                fields=["closed_by_event"], name="visittarget_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Who receives: the cadre himself, or his family."""
        if self.family_id:
            return self.family.name
        return self.family_name or self.cadre.person.name

    @property
    def of_whom(self) -> str:
        """李德厚同志的遗属; empty where he is greeted himself."""
        return f"{self.cadre.person.name}同志的遗属" if self.category == Category.SURVIVOR else ""

    @property
    def layer_words(self) -> list[str]:
        """Who plans to go, in words; load `stop__route` beforehand. A leader's route is a visit of 市委, a colleague's
        one of the bureau."""
        route = self.stop.route if self.stop else None
        brings = (Layer.CITY if route.leader_id else Layer.BUREAU) if route else None
        return [layer.label for layer in Layer if layer == brings or layer in self.layers]
