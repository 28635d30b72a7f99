"""Time accounts on the staff side: found, one account with its ledger, what may be done with it."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import Block, day, send_workbook
from apps.registry.wording import age_of
from apps.volunteers.choices.bank import AccountKind, AccountState, ApprovalState, HoldState, TransferKind
from apps.volunteers.models import Account, Volunteer
from apps.volunteers.queries.bank_lines import entries_of, line_of, totals_of, with_words, years_of
from apps.volunteers.queries.kinship import relatives_of
from apps.volunteers.rules.bank import time_words
from apps.volunteers.services.settling import decide_until

from .bank_account_acts import AccountActs
from .bank_base import TONES, BankRows
from .links import link, person_tools
from .list_out import ListOut
from .person_search import by_person

A_PAGE = 50
NUMBER = {"is_number": True}
LEDGER = ("日期", "事项", "说明", {"label": "存入、使用", **NUMBER}, {"label": "余额", **NUMBER}, "")


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [*AccountState.choices, ("dead", "离世待结清"), ("bank", "时间银行自己的账户")]

    def queryset(self, request, queryset):
        if self.value() == "bank":
            return queryset.exclude(kind=AccountKind.PERSON)
        rows = queryset.filter(kind=AccountKind.PERSON)
        if self.value() == "dead":
            return rows.filter(state=AccountState.FROZEN, closed_by_event__isnull=False)
        return rows.filter(state=self.value()) if self.value() in AccountState.values else rows


class BalanceFilter(admin.SimpleListFilter):
    title, parameter_name = "余额", "balance"

    def lookups(self, request, model_admin):
        return [("some", "有时间的"), ("held", "有预留的"), ("none", "没有时间的")]

    def queryset(self, request, queryset):
        match self.value():
            case "some":
                return queryset.filter(balance__gt=0)
            case "held":
                return queryset.filter(held__gt=0)
            case "none":
                return queryset.filter(balance=0)
        return queryset


@admin.register(Account)
class AccountAdmin(ListOut, AccountActs, BankRows):
    out_order = "按账号排列"
    empty_words = "帮助别人、经对方确认以后，账户自动开好；也可以在“时间银行”里给人开户。"
    list_display = ("who", "number", "available_words", "held_words", "state_tag", "unit", "opened_on")
    list_display_links = ("who",)
    list_filter = (StateFilter, BalanceFilter)
    search_fields = ("number",)
    search_help_text = "户主姓名、拼音，手机号或身份证后四位，或者八位账号"
    select_related_in_list = ("person", "unit")
    select_related_in_record = ("person", "unit", "bank__unit")
    ordering = ("pk",)

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if len(term) == 8 and term.isdigit():
            return queryset.filter(number=term), False
        return by_person(queryset, search_term, "person"), False

    def people_in(self, row):
        return [row.person_id]

    @admin.display(description="户主")
    def who(self, obj):
        return self.title_of(obj)

    @admin.display(description="可用")
    def available_words(self, obj):
        return time_words(obj.available)

    @admin.display(description="预留")
    def held_words(self, obj):
        return time_words(obj.held) if obj.held else ""

    @admin.display(description="状态")
    def state_tag(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES[obj.state], obj.get_state_display())

    # One account

    def title_of(self, obj):
        return obj.person.name if obj.person else obj.get_kind_display()

    def people_of(self, obj):
        return [obj.person_id] if obj.person_id else []

    def tags(self, obj):
        return [] if obj.state == AccountState.OPEN else [(obj.get_state_display(), TONES[obj.state])]

    def figures(self, request, obj):
        if obj.kind == AccountKind.ISSUE:
            return []
        totals = totals_of([obj.pk]).get(obj.pk)
        return [
            {"label": "现在可用", "value": time_words(obj.available)},
            {"label": "已经预留", "value": time_words(obj.held)},
            {"label": "一共存入", "value": time_words(totals.came if totals else 0)},
            {"label": "一共转出、使用", "value": time_words(totals.went if totals else 0)},
        ]

    def blocks(self, request, obj):
        yield Block("账户", self._facts(obj, request.user), links=self._links(obj))
        if obj.person_id:
            kin = [(words, "可以互相赠送") for _, words in relatives_of(obj.person_id)]
            yield Block("核实过的亲属", kin, empty="" if kin else "还没有核实过的亲属，不能赠送。")
        held = obj.holds.filter(state=HoldState.HELD).select_related("request", "out")
        rows = [[day(timezone.localtime(row.held_at)), self._for_what(row), time_words(row.minutes)] for row in held]
        if rows:
            yield Block("预留中", columns=("预留日期", "为什么", {"label": "时间", **NUMBER}), rows=rows)
        asked = obj.approvals.filter(state=ApprovalState.WAITING).select_related("asked_by")
        rows = [
            [{"text": row.get_kind_display(), "url": self.approval_url(row)}, time_words(row.minutes), row.reason,
             str(row.asked_by or "")]
            for row in asked
        ]  # fmt: skip
        if rows:
            yield Block("等复核", columns=("事项", {"label": "时间", **NUMBER}, "理由", "谁提的"), rows=rows)

    def approval_url(self, row) -> str:
        return reverse("admin:volunteers_approval_change", args=[row.pk])

    def _volunteer_of(self, obj) -> int | None:
        """Who receives help need not be a volunteer."""
        return obj.person_id if Volunteer.objects.filter(pk=obj.person_id).exists() else None

    def _facts(self, obj, user) -> list[tuple]:
        facts = [
            ("账号", obj.number),
            ("时间银行", link(user, obj.bank.name, "bank", obj.bank_id)),
            ("开户单位", obj.unit),
            ("开户日期", day(obj.opened_on)),
        ]
        if obj.person:
            age = age_of(obj.person, timezone.localdate())
            birth = obj.person.birth_date.display() if obj.person.birth_date else "没有登记"
            name = link(user, obj.person.name, "volunteer", self._volunteer_of(obj))
            facts.insert(0, ("户主", format_html("{}（{}{}）", name, birth, f"，{age}岁" if age is not None else "")))
        if obj.state == AccountState.FROZEN:
            facts.append(("冻结", f"{day(obj.frozen_on)}，{obj.freeze_reason}"))
            if obj.closed_by_event is not None:
                until = decide_until(obj, timezone.localdate())
                facts.append(("家属决定的期限", f"{day(until)}（含），过了转入公共池"))
        if obj.closed_on:
            facts.append(("销户日期", day(obj.closed_on)))
        return facts

    def _links(self, obj) -> list[dict]:
        return [{"label": f"打印{year}年存折", "url": f"{self.url_of('passbook', obj)}?year={year}"}
                for year in years_of(obj)[:3]]  # fmt: skip

    def _for_what(self, row) -> str:
        return f"求助（{day(row.request.on)}）" if row.request_id else f"转出单（{row.out.to_bank}）"

    def read_page(self, request, obj):
        response = super().read_page(request, obj)
        year, kind = self._asked(request)
        rows = with_words(entries_of(obj, year=year, kind=kind))
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
        query = request.GET.copy()
        query.pop("p", None)
        response.template_name = "admin/volunteers/account_page.html"
        response.context_data |= {
            "columns": LEDGER, "rows": [self._row(line_of(entry)) for entry in page], "pages": page,
            "query": query.urlencode(), "years": years_of(obj), "year": year, "kinds": TransferKind.choices,
            "kind": kind, "total": page.paginator.count, "file_url": f"{self.url_of('file', obj)}?{query.urlencode()}",
        }  # fmt: skip
        return response

    def _asked(self, request) -> tuple[int | None, str]:
        year, kind = request.GET.get("year", ""), request.GET.get("kind", "")
        return (int(year) if year.isdecimal() and 2000 <= int(year[:5]) <= 2199 else None), kind

    def _row(self, line) -> list:
        url = reverse("admin:volunteers_transfer_change", args=[line.transfer])
        kind = {"text": line.kind, "tag": "已更正" if line.put_right else "", "tone": "late"}
        return [day(line.on), kind, line.words, line.amount, line.left, {"text": "看这一笔", "url": url}]

    def file_view(self, request, object_id):
        """The ledger of one account as a workbook."""
        obj = self.readable(request, object_id)
        year, kind = self._asked(request)
        lines = [line_of(entry) for entry in with_words(entries_of(obj, year=year, kind=kind))[:20_000]]
        rows = [[line.on, line.kind, line.words, line.minutes, line.balance] for line in lines]
        return send_workbook(
            request, f"{self.title_of(obj)}时间流水", ("日期", "事项", "说明", "分钟", "余额（分钟）"), rows,
            target=self._target(obj), people=self.people_of(obj),
        )  # fmt: skip

    def actable(self, request, object_id):
        """The bank's own accounts move by what people do; nobody acts on them."""
        obj = super().actable(request, object_id)
        if obj.person_id is None:
            raise Http404
        return obj

    def record_tools(self, request, obj):
        if obj.person_id is None:
            return []
        return [*self._acts(request, obj), *person_tools(request.user, obj.person_id)]

    def _acts(self, request, obj) -> list[dict]:
        if obj.state == AccountState.FROZEN and obj.closed_by_event is not None:
            return self.act_tools(request, obj, [("settle", "按家属决定结清", True)])
        if obj.state == AccountState.FROZEN:
            return self.act_tools(request, obj, [("thaw", "解冻", True)])
        if obj.state == AccountState.CLOSED:
            return []
        acts = [("give", "赠送给亲属", True), ("ask", "替他求助", False), ("donate", "捐入公共池", False),
                ("grant", "从公共池拨付", False), ("kin", "核实亲属", False),
                ("opening", "期初转入", False), ("out", "转到别处", False),
                ("freeze", "冻结", False)]  # fmt: skip
        if not obj.balance and not obj.held:
            acts.append(("close", "销户", False))
        return self.act_tools(request, obj, acts)

    def extra_pages(self):
        acts = (
            "give", "ask", "donate", "grant", "kin", "newkin", "opening", "out", "freeze", "thaw", "settle", "close",
            "passbook",
        )  # fmt: skip
        return [(act, f"<path:object_id>/{act}/", getattr(self, f"{act}_view")) for act in (*acts, "file")]
