"""Things that go on over years: newspapers, green channel cards; and who serves where (services, communities)."""

from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices.treatments import DeliverTo, NearbyKind, ServiceKind
from apps.organisation.models import Community
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


@history.track()
class Subscription(Record):
    """A paper or journal for one cadre in one year; the price is that of one copy for the year, in yuan."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="subscriptions", verbose_name="订给谁")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("报刊", max_length=60)
    post_code = models.CharField("邮发代号", max_length=12, blank=True, db_default="")
    price = models.DecimalField("全年单价（元）", max_digits=8, decimal_places=2)
    copies = models.PositiveSmallIntegerField("份数", default=1)
    deliver_to = models.CharField("送到哪里", max_length=8, choices=DeliverTo, default=DeliverTo.HOME)
    confirmed_on = models.DateField("确认收到的日期", null=True, blank=True, help_text="第一次收到报刊，打电话问过")
    complaint = models.CharField("投递问题", max_length=200, blank=True, db_default="")
    complained_on = models.DateField("反映日期", null=True, blank=True)
    settled_on = models.DateField("解决日期", null=True, blank=True)
    ends_on = models.DateField("停订日期", null=True, blank=True)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "报刊订阅"
        verbose_name_plural = "报刊订阅"
        ordering = ["-year", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year", "title"],
                condition=Q(voided_at__isnull=True),
                name="subscription_once",
                violation_error_message="这位老同志这一年已经订了这份报刊，要加份数请打开那一条。",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, copies__gte=1),
                name="subscription_amounts",
                violation_error_message="单价不能是负数，份数至少 1。",
            ),
        ]
        indexes = [models.Index(fields=["year", "title", "id"], name="subscription_year")]

    def __str__(self) -> str:
        return f"{self.title} {self.year}年"

    @property
    def cost(self):
        return self.price * self.copies


@history.track()
class GreenCard(Record):
    """绿色通道卡. A renewal is another card: the old one is closed on the day the new one begins."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="green_cards", verbose_name="老干部")
    number = models.CharField("卡号", max_length=40)
    hospital = models.CharField("定点医院", max_length=80)
    issued_on = models.DateField("发卡日期")
    valid_until = models.DateField("有效期到")
    handed_to = models.CharField("谁领的", max_length=40, blank=True, db_default="")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "绿色通道卡"
        verbose_name_plural = "绿色通道卡"
        ordering = ["valid_until", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(voided_at__isnull=True),
                name="greencard_number",
                violation_error_message="这个卡号已经登记过。",
            ),
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(voided_at__isnull=True, closed_on__isnull=True),
                name="greencard_one",
                violation_error_message="他手里有一张在用的卡，换新卡请打开那一张点“换新卡”。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")),
                name="greencard_order",
                violation_error_message="有效期不能早于发卡日期。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"], name="greencard_open",
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number}（{self.hospital}）"


@history.track()
class ServiceOffer(Record):
    """A line of the service catalogue: who does what for old people, where, at what price, and how to order it.

    `community` names one that provides it itself; empty `area` and no community: the whole city.
    """

    kind = models.CharField("类别", max_length=12, choices=ServiceKind)
    name = models.CharField("服务", max_length=60)
    provider = models.CharField("谁来做", max_length=80)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="service_offers", verbose_name="社区提供"
    )
    contact = models.CharField("联系人", max_length=30, blank=True, db_default="")
    phone = models.CharField("电话", max_length=40)
    price = models.CharField("价格", max_length=80, blank=True, db_default="", help_text="例如 免费；每小时 35 元")
    area = models.CharField("服务范围", max_length=100, blank=True, db_default="", help_text="空着就是全市")
    how_to_order = models.CharField("怎样预约", max_length=200)
    checked_on = models.DateField("电话核对过的日期", null=True, blank=True)
    ends_on = models.DateField("停止服务", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "服务目录"
        verbose_name_plural = "服务目录"
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "provider"],
                condition=Q(voided_at__isnull=True),
                name="serviceoffer_once",
                violation_error_message="目录里已经有这家的这项服务。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.provider}）"


@history.track()
class NearbyService(Record):
    """四就近: one of the four that a community offers, since when, with whom to speak; a pilot has its document.

    Requests to volunteer teams are linked from here once they exist.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="nearby_services", verbose_name="社区")
    kind = models.CharField("四就近", max_length=10, choices=NearbyKind)
    what = models.CharField("有什么", max_length=200, help_text="例如 周三上午读报班，社区二楼活动室")
    since = models.DateField("从哪天起")
    ends_on = models.DateField("停办日期", null=True, blank=True)
    is_pilot = models.BooleanField("试点", default=False, db_default=False)
    document_no = models.CharField("试点文号", max_length=80, blank=True, db_default="")
    contact = models.CharField("联系人", max_length=30, blank=True, db_default="")
    phone = models.CharField("电话", max_length=40, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "社区四就近"
        verbose_name_plural = "社区四就近"
        ordering = ["community_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind"],
                condition=Q(voided_at__isnull=True, ends_on__isnull=True),
                name="nearbyservice_once",
                violation_error_message="这个社区这一项已经登记，请打开那一条修改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.get_kind_display()}"
