"""The ledger on the staff side: every transfer with both sides, and what is held."""

import datetime as dt

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from apps.common.admin_pages import Block, day, moment, posted, send_workbook
from apps.volunteers.choices.bank import ApprovalState, HoldState, TransferKind
from apps.volunteers.forms.bank import AskContraForm
from apps.volunteers.models import Approval, Hold, Transfer
from apps.volunteers.rules.bank import time_words
from apps.volunteers.services import approvals
from apps.volunteers.services.bank import contra_refusal
from apps.volunteers.services.surplus import passed_on

from .bank_base import BankRows, by
from .links import page_of
from .list_out import ListOut
from .person_search import by_person

NUMBER = {"is_number": True}
SHEET = ("日期", "服务日期", "事项", "户主", "账号", "分钟", "说明", "登记人")


def named(transfer) -> str:
    """10月24日服务存入."""
    return f"{transfer.on.month}月{transfer.on.day}日{transfer.get_kind_display()}"


def signed_words(minutes: int) -> str:
    """+1小时30分, −2小时: as the ledger of an account shows them."""
    return f"{'+' if minutes > 0 else '−'}{time_words(abs(minutes))}"


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = "事项", "kind"

    def lookups(self, request, model_admin):
        return [*TransferKind.choices, ("wrong", "已更正的")]

    def queryset(self, request, queryset):
        if self.value() == "wrong":
            return queryset.filter(contra__isnull=False)
        return queryset.filter(kind=self.value()) if self.value() in TransferKind.values else queryset


class YearFilter(admin.SimpleListFilter):
    title, parameter_name = "年份", "year"

    def lookups(self, request, model_admin):
        this = timezone.localdate().year
        return [(str(year), f"{year}年") for year in range(this, this - 5, -1)]

    def queryset(self, request, queryset):
        if not (self.value() or "").isdecimal() or not 2000 <= int(self.value()[:5]) <= 2199:
            return queryset
        year = int(self.value())
        return queryset.filter(on__gte=dt.date(year, 1, 1), on__lt=dt.date(year + 1, 1, 1))


@admin.register(Transfer)
class TransferAdmin(BankRows):
    empty_words = "有人存入、使用或者赠送时间，流水就在这里。"
    list_display = ("title_of", "on", "who", "time", "reason", "actor", "put_right")
    list_display_links = ("title_of",)
    list_filter = (KindFilter, YearFilter)
    search_fields = ("account__number",)
    search_help_text = "户主姓名、拼音，手机号或身份证后四位"
    select_related_in_list = ("account__person", "actor", "contra")
    select_related_in_record = (
        "account__person",
        "actor",
        "contra",
        "reverses",
        "confirmation__record",
        "grant",
        "hold",
    )
    ordering = ("-pk",)

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, "account__person"), False

    @admin.display(description="事项")
    def title_of(self, obj):
        return obj.get_kind_display()

    @admin.display(description="户主")
    def who(self, obj):
        return obj.account.person.name if obj.account.person else obj.account.get_kind_display()

    @admin.display(description="时间")
    def time(self, obj):
        return time_words(obj.minutes)

    @admin.display(description="更正")
    def put_right(self, obj):
        return "已更正" if hasattr(obj, "contra") else ""

    def list_tools(self, request):
        return [{"label": "导出 Excel", "url": f"{self.plain_url('file')}?as=xlsx{self.query_of(request)}"}]

    def people_of(self, obj):
        rows = obj.entries.filter(account__person__isnull=False)
        return list(rows.values_list("account__person", flat=True))

    def blocks(self, request, obj):
        facts = [
            ("事项", obj.get_kind_display()), ("时间", time_words(obj.minutes)), ("日期", day(obj.on)),
            ("服务日期", day(obj.served_on)), ("登记时间", moment(obj.at)), ("登记人", obj.actor or "系统"),
            ("家属代办", "是" if obj.grant_id else ""), ("说明", obj.reason),
        ]  # fmt: skip
        yield Block("这一笔", [(name, value) for name, value in facts if value], links=self._links(obj))
        rows = [
            [{"text": str(row.account.person or row.account.get_kind_display()),
              "url": reverse("admin:volunteers_account_change", args=[row.account_id])},
             row.account.number, signed_words(row.minutes),
             "" if row.balance_after is None else time_words(row.balance_after)]
            for row in obj.entries.select_related("account__person")
        ]  # fmt: skip
        columns = ("账户", "账号", {"label": "存入、转出", **NUMBER}, {"label": "之后的余额", **NUMBER})
        yield Block("两边的分录（合计为 0）", columns=columns, rows=rows)

    def _links(self, obj) -> list[dict]:
        links = []
        if obj.reverses_id:
            links.append(
                {"label": f"看更正的那一笔（{named(obj.reverses)}）", "url": self.url_of("change", obj.reverses)}
            )
        if hasattr(obj, "contra"):
            links.append({"label": f"看更正（{named(obj.contra)}）", "url": self.url_of("change", obj.contra)})
        found = obj.confirmation
        if found is not None:
            links.append({"label": "看服务记录", "url": page_of("servicerecord", found.record_id)})
        if obj.hold_id and obj.hold.request_id:
            links.append({"label": "看求助", "url": page_of("servicerequest", obj.hold.request_id)})
        if (more := passed_on(obj)) is not None:
            links.append({"label": f"其中{time_words(more.minutes)}转入公共池", "url": self.url_of("change", more)})
        return links

    def record_tools(self, request, obj):
        if contra_refusal(obj) or hasattr(obj, "contra"):
            return []
        asked = Approval.objects.filter(wrong=obj, state=ApprovalState.WAITING).first()
        if asked is not None:
            url = reverse("admin:volunteers_approval_change", args=[asked.pk])
            return [{"label": "更正已提出，等复核", "url": url}]
        return self.act_tools(request, obj, [("contra", "提出更正", True)])

    def extra_pages(self):
        return [("file", "file/", self.file_view), ("contra", "<path:object_id>/contra/", self.contra_view)]

    def contra_view(self, request, object_id):
        obj = self.actable(request, object_id)
        earned = obj.kind == TransferKind.EARN
        form = AskContraForm(posted(request), earned=earned)

        def perform(values):
            approvals.ask_contra(
                obj, values["reason"], instead=values["minutes"], form_key=values["key"], **by(request)
            )  # fmt: skip

        return self.one_act(
            request, obj, form, title="提出更正", button="提出，等复核", perform=perform,
            lead=f"{day(obj.on)}的{time_words(obj.minutes)}记一笔相反的，原来的一笔不改。要两个人办：您提出，另一位同事复核。",
            done="已提出，请另一位同事在“时间银行复核”里复核。",
        )  # fmt: skip

    def file_view(self, request):
        """The list as it is filtered, as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.filtered_rows(request).select_related("account__person", "actor")
        lines = [
            [row.on, row.served_on, row.get_kind_display(), self.who(row), row.account.number, row.minutes,
             row.reason, str(row.actor or "系统")]
            for row in rows
        ]  # fmt: skip
        people = [row.account.person_id for row in rows if row.account.person_id]
        return send_workbook(request, "时间流水", SHEET, lines, target="volunteers.transfer", people=people)


class HoldStateFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return HoldState.choices

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in HoldState.values else queryset


@admin.register(Hold)
class HoldAdmin(ListOut, BankRows):
    out_order = "新的在前"
    empty_words = "求助时选了用时间币，时间就先预留在这里。"
    list_display = ("who", "time", "used", "for_what", "held_at", "state")
    list_display_links = ("who",)
    list_filter = (HoldStateFilter,)
    search_fields = ("account__number",)
    search_help_text = "户主姓名、拼音，手机号或身份证后四位"
    select_related_in_list = ("account__person", "request", "out")
    select_related_in_record = select_related_in_list
    ordering = ("-pk",)

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, "account__person"), False

    @admin.display(description="户主")
    def who(self, obj):
        return obj.account.person.name if obj.account.person else obj.account.get_kind_display()

    def people_in(self, row):
        return [row.account.person_id]

    @admin.display(description="预留")
    def time(self, obj):
        return time_words(obj.minutes)

    @admin.display(description="使用")
    def used(self, obj):
        return time_words(obj.captured) if obj.captured else ""

    @admin.display(description="为什么")
    def for_what(self, obj):
        return f"求助（{day(obj.request.on)}）" if obj.request_id else f"转出单（{obj.out.to_bank}）"

    def title_of(self, obj):
        return f"{self.who(obj)}的预留"

    def people_of(self, obj):
        return [obj.account.person_id]

    def blocks(self, request, obj):
        facts = [
            ("预留", time_words(obj.minutes)), ("使用", self.used(obj)), ("状态", obj.get_state_display()),
            ("为什么", self.for_what(obj)), ("预留时间", moment(obj.held_at)),
            ("结束时间", moment(obj.ended_at)),
        ]  # fmt: skip
        links = [{"label": "看时间账户", "url": page_of("account", obj.account_id)}]
        if obj.request_id:
            links.append({"label": "看求助", "url": page_of("servicerequest", obj.request_id)})
        if obj.out_id:
            links.append({"label": "看转出单", "url": page_of("outstatement", obj.out_id)})
        yield Block("预留", [(name, value) for name, value in facts if value], links=links)
