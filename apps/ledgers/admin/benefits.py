"""报刊订阅 and 绿色通道卡."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import DeliverTo
from apps.ledgers.forms.benefits import CardForm, CopyForm
from apps.ledgers.models import GreenCard, Subscription
from apps.ledgers.rules.treatments import TreatmentTerms
from apps.ledgers.services import benefits
from apps.organisation.queries import rule_values
from apps.people.queries import reach_of
from apps.registry.models import Cadre

from .filters import UnitOfCadreFilter
from .sheets import reachable
from .tables import InUseFilter, OfCadreAdmin

# When a card in the list is coloured; who is listed to be renewed says the rule set.
SOON = 60


class DeliveryFilter(admin.SimpleListFilter):
    title, parameter_name = "投递", "delivery"

    def lookups(self, request, model_admin):
        return [("unconfirmed", "还没问过收到没有"), ("complaint", "投递问题没解决"), ("ended", "已停订")]

    def queryset(self, request, queryset):
        if self.value() == "unconfirmed":
            return queryset.filter(confirmed_on__isnull=True, ends_on__isnull=True)
        if self.value() == "complaint":
            return queryset.exclude(complaint="").filter(settled_on__isnull=True)
        return queryset.filter(ends_on__isnull=False) if self.value() == "ended" else queryset


@admin.register(Subscription)
class SubscriptionAdmin(OfCadreAdmin):
    add_label = "订一份报刊"
    empty_words = "先登记今年的，明年点“照去年的续订”，只留在世的、没停订的。"
    list_display = ("link", "title", "year", "copies", "cost_words", "deliver_to", "state_words")
    list_display_links = ("title",)
    list_filter = (DeliveryFilter, "year", "title", "deliver_to", UnitOfCadreFilter, InUseFilter)
    ordering = ("-year", "title", "pk")
    fields = (
        "cadre", "year", ("title", "post_code"), ("price", "copies"), "deliver_to", "confirmed_on",
        ("complained_on", "settled_on"), "complaint", "ends_on",
    )  # fmt: skip
    columns = (
        ("报刊", "title"), ("邮发代号", "post_code"), ("收报人", "name"), ("地址", "address"), ("份数", "copies"),
        ("全年单价（元）", "price"), ("金额（元）", "cost"),
    )  # fmt: skip
    sums = ("份数", "金额（元）")
    table_order = "报刊"

    def get_changeform_initial_data(self, request):
        return {"year": timezone.localdate().year, **super().get_changeform_initial_data(request)}

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:5]

    def cost(self, obj):
        return obj.cost

    def address(self, obj):
        return getattr(obj, "address_words", "")

    @admin.display(description="金额（元）")
    def cost_words(self, obj):
        return obj.cost

    @admin.display(description="投递")
    def state_words(self, obj):
        if obj.ends_on:
            return f"{obj.ends_on:%Y-%m-%d} 停订"
        if obj.complaint and not obj.settled_on:
            return format_html('<span class="tag late">{}</span>', "有问题没解决")
        return "收到了" if obj.confirmed_on else format_html('<span class="tag soon">{}</span>', "还没问过")

    def table_title(self, request):
        return "报刊订阅投递名单"

    def prepared(self, request, rows):
        """Addresses of those whose papers go home and whom the asker may reach; the look is logged."""
        ids = {row.cadre_id for row in rows if row.deliver_to == DeliverTo.HOME}
        today, user = timezone.localdate(), request.user
        opened = reachable(user, sorted(ids), today) if ids else set()
        if opened:
            audit.look(
                "print", actor=user, people=opened, fields=["residence"], reason="报刊投递名单",
                target="ledgers.subscription", request=request,
            )  # fmt: skip
        found = reach_of(ids, with_phones=opened, on=today) if ids else {}
        for row in rows:
            reach = found.get(row.cadre_id)
            home = (reach.address if reach else "") or "（地址没有登记或您不能看）"
            row.address_words = {
                DeliverTo.HOME: home, DeliverTo.UNIT: str(row.cadre.managing_unit), DeliverTo.BRANCH: "支部活动室",
            }[DeliverTo(row.deliver_to)]  # fmt: skip
        return rows

    def list_tools(self, request):
        tools = super().list_tools(request)
        if request.user.has_perm(self.right("add")):
            tools.insert(0, {"label": "照去年的续订", "url": self.list_url("copy")})
        return tools

    def get_urls(self):
        return [path("copy/", self.staff_view(self.copy_view), name="ledgers_subscription_copy"), *super().get_urls()]

    def copy_view(self, request):
        right = self.right("add")
        if not request.user.has_perm(right):
            raise PermissionDenied
        today = timezone.localdate()
        year = today.year + (today.month >= 9)
        form = CopyForm(request.POST or None, initial={"year": year})
        if request.method == "POST" and form.is_valid():
            chosen = form.cleaned_data["year"]
            people = Cadre.objects.current().visible_to(request.user, right)
            added = benefits.copy_subscriptions(chosen, cadres=people, actor=request.user)
            messages.success(request, f"续订了 {chosen} 年的 {added} 份。" if added else "没有要续订的，或者已经续过。")
            return HttpResponseRedirect(f"{self.list_url()}?year={chosen}")
        context = {
            "title": "照去年的续订", "form": form, "button": "续订", "back": self.list_url(),
            "sentence": "把上一年没有停订的照原样订到这一年，离世的、已经订过的不重复。续订后可以逐条改价格和份数。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


class CardFilter(admin.SimpleListFilter):
    """Without a choice: cards in use."""

    title, parameter_name = "有效期", "valid"

    def lookups(self, request, model_admin):
        return [("soon", "快到期要换的"), ("late", "已经过了有效期"), ("closed", "停用的"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "在用的"}
        yield from rest

    def queryset(self, request, queryset):
        today = timezone.localdate()
        open_ = queryset.filter(closed_on__isnull=True)
        if self.value() == "soon":
            days = rule_values(TreatmentTerms.rule_key, on=today).card_days
            return open_.filter(valid_until__gte=today, valid_until__lte=today + dt.timedelta(days=days))
        if self.value() == "late":
            return open_.filter(valid_until__lt=today)
        if self.value() == "closed":
            return queryset.filter(closed_on__isnull=False)
        return queryset if self.value() == "all" else open_


@admin.register(GreenCard)
class GreenCardAdmin(OfCadreAdmin):
    add_label = "发一张卡"
    empty_words = "登记卡号、定点医院和有效期，快到期的会列出来提醒换卡。"
    list_display = ("link", "number", "hospital", "valid_words", "handed_to")
    list_display_links = ("number",)
    list_filter = (CardFilter, "hospital", UnitOfCadreFilter, InUseFilter)
    ordering = ("valid_until", "pk")
    fields = ("cadre", "number", "hospital", ("issued_on", "valid_until"), "handed_to", "closed_on")
    columns = (
        ("老同志", "name"), ("管理单位", "unit_name"), ("卡号", "number"), ("定点医院", "hospital"),
        ("有效期到", "valid_until"), ("谁领的", "handed_to"),
    )  # fmt: skip
    table_order = "有效期"

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:-1]

    @admin.display(description="有效期到")
    def valid_words(self, obj):
        today = timezone.localdate()
        if obj.closed_on:
            return f"{obj.closed_on:%Y-%m-%d} 停用"
        days = (obj.valid_until - today).days
        if days < 0:
            return format_html('<span class="tag late">{}</span>', f"已过有效期 {-days} 天")
        return format_html(
            '<span class="tag {}">{}</span>', "soon" if days <= 60 else "done", f"{obj.valid_until:%Y-%m-%d}"
        )

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and obj.closed_on is None and obj.voided_at is None:
            tools.insert(0, {"label": "换新卡", "url": self.url_of("renew", obj), "main": True})
        return tools

    def get_urls(self):
        page = self.staff_view(self.renew_view)
        return [path("<path:object_id>/renew/", page, name="ledgers_greencard_renew"), *super().get_urls()]

    def renew_view(self, request, object_id):
        card = self.changeable_object(request, object_id)
        if card.closed_on or card.voided_at:
            raise Http404
        form = CardForm(request.POST or None, initial={"issued_on": timezone.localdate(), "hospital": card.hospital})
        if request.method == "POST" and form.is_valid():
            try:
                new = benefits.renew_card(card, GreenCard(**form.cleaned_data), actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "新卡已登记，旧卡停用。")
                return HttpResponseRedirect(self.url_of("change", new))
        context = {
            "title": f"换新卡：{card.cadre.person.name}", "form": form, "button": "登记新卡",
            "back": self.url_of("change", card), "sentence": f"旧卡 {card.number}，有效期到 {card.valid_until}。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
