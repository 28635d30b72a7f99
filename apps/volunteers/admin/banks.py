"""A time bank as a whole: how much is where, what came and went, accounts opened, passbooks printed for all."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common.admin_pages import Block, PageRecordAdmin, posted
from apps.common.forms import PortalForm
from apps.common.services import start_job
from apps.volunteers.forms.bank import OpenForm
from apps.volunteers.models import Bank
from apps.volunteers.queries.bank_sheet import flows_of, sheet_of
from apps.volunteers.rules.bank import time_words
from apps.volunteers.services import ledger
from apps.volunteers.services.passbooks import PASSBOOKS

NUMBER = {"is_number": True}
FLOWS = (
    "事项", {"label": "笔数", **NUMBER}, {"label": "存入个人账户", **NUMBER}, {"label": "从个人账户转出", **NUMBER}
)  # fmt: skip
YEARS_SHOWN = 4


@admin.register(Bank)
class BankAdmin(PageRecordAdmin):
    has_page = True
    voidable = False
    empty_words = "还没有开办时间银行。点“新增”，选主办单位；它下面没有自己开办的单位都用这一家。"
    list_display = ("name", "unit", "phone", "opened_on")
    search_fields = ("name",)
    fields = ("unit", "name", "phone", "opened_on")
    select_related_in_list = select_related_in_record = ("unit",)
    ordering = ("pk",)

    def get_readonly_fields(self, request, obj=None):
        return () if obj is None else ("unit", "opened_on")

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        if change:
            obj.save(update_fields=["name", "phone"])
            return
        made = ledger.open_bank(obj.unit, obj.name, on=obj.opened_on, actor=request.user, phone=obj.phone)
        obj.pk, obj._state.adding = made.pk, False

    def figures(self, request, obj):
        sheet = request.bank_sheet = sheet_of(obj)
        return [
            {
                "label": "时间账户", "value": f"{sheet.accounts}个",
                "url": reverse("admin:volunteers_account_changelist"),
            },
            {"label": "大家一共存着", "value": time_words(sheet.people), "note": f"其中预留{time_words(sheet.held)}"},
            {"label": "公共池", "value": time_words(sheet.pool)},
            {"label": "全部分录合计", "value": str(sheet.total), "tone": "late" if sheet.total else "done",
             "note": "应当是 0" if sheet.total else "等于 0，账是平的"},
        ]  # fmt: skip

    def read_page(self, request, obj):
        response = super().read_page(request, obj)
        sheet = request.bank_sheet
        rows = [
            ["个人账户", time_words(sheet.people)], ["公共池", time_words(sheet.pool)],
            ["其他时间银行", time_words(sheet.outside)], ["产生和使用", time_words(sheet.issue)],
            ["合计", time_words(sheet.people + sheet.pool + sheet.outside + sheet.issue)],
        ]  # fmt: skip
        where = Block("时间在哪里", columns=("账户", {"label": "时间", **NUMBER}), rows=rows)
        response.context_data["blocks"].insert(1, where)
        return response

    def blocks(self, request, obj):
        yield Block("基本情况", [
            ("主办单位", obj.unit), ("开办日期", obj.opened_on), ("联系电话", obj.phone),
            ("说明", "时间只是大家互相帮忙的记录，不是钱，不能兑换钱物。"),
        ])  # fmt: skip
        this = timezone.localdate().year
        asked = request.GET.get("year", "")
        year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= this else this
        rows = [
            [flow.kind, flow.count, *(time_words(minutes) if minutes else "" for minutes in (flow.came, flow.went))]
            for flow in flows_of(obj, year)
        ]
        links = [
            {"label": f"看{other}年", "url": f"?year={other}"}
            for other in range(this, this - YEARS_SHOWN, -1) if other != year
        ]  # fmt: skip
        yield Block(f"{year}年的进出", columns=FLOWS, rows=rows, links=links, empty=f"{year}年还没有流水。")

    def record_tools(self, request, obj):
        tools = []
        if self.may_change(request, obj):
            tools = [
                {"label": "开户", "url": self.url_of("open", obj), "main": True},
                {"label": "打印全部存折", "url": self.url_of("passbooks", obj)},
                {"label": "修改", "url": "?edit=1"},
            ]  # fmt: skip
        return [*tools, {"label": "谁改过什么", "url": self.url_of("history", obj)}]

    def extra_pages(self):
        return [
            ("open", "<path:object_id>/open/", self.open_view),
            ("passbooks", "<path:object_id>/passbooks/", self.passbooks_view),
        ]

    def open_view(self, request, object_id):
        obj = self.actable(request, object_id)

        def perform(values):
            account = ledger.open_account(
                values["person"].pk, obj, obj.unit, on=timezone.localdate(), actor=request.user
            )  # fmt: skip
            return f"{values['person'].name}的账号是 {account.number}。"

        form = OpenForm(posted(request), user=request.user)
        return self.one_act(
            request, obj, form, title="开户", button="开户", done="已开户。", perform=perform,
            lead="帮助别人、经对方确认以后账户会自动开好；要先开户的（期初转入、公共池拨付）在这里开。",
        )  # fmt: skip

    def passbooks_view(self, request, object_id):
        """Last year's passbooks for everybody, as a job."""
        obj = self.actable(request, object_id)
        year = timezone.localdate().year - (timezone.localdate().month < 7)
        form = PortalForm(posted(request))
        if request.method == "POST" and form.is_valid():
            job = start_job(
                PASSBOOKS, f"打印{year}年时间存折", actor=request.user, params={"bank": obj.pk, "year": year}
            )  # fmt: skip
            messages.success(request, "正在准备，做好了在这里下载。")
            return HttpResponseRedirect(reverse("admin:common_job_change", args=[job.pk]))
        context = {
            "title": f"打印全部{year}年存折", "original": obj, "form": form, "media": form.media,
            "lead": "每位户主一份，按单位、姓名排，每200份一个文件。人多要几分钟，可以先去做别的。",
            "back": self.url_of("change", obj), "buttons": [("save", "开始准备")],
            "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context)
