"""适老化改造: the list by what waits, the page of one case with its photos, its steps and its papers."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments
from apps.common.admin_pages import Block, day
from apps.common.code_lists import names_of
from apps.common.photos import read_photo
from apps.common.printing import frame_for
from apps.ledgers.choices.adaptation import AdaptationState, FundSource, PhotoSide
from apps.ledgers.forms.adaptation import AdaptationChangeForm, AdaptationForm, PhotoForm
from apps.ledgers.models import HomeAdaptation, Measure
from apps.ledgers.queries.adaptation import photos_of, waiting_words
from apps.ledgers.rules.adaptation import ENDED, MAY_CANCEL
from apps.ledgers.services import adaptation as works
from apps.ledgers.services.adaptation_steps import last_step

from .adaptation_acts import AdaptationActs
from .case_base import ListPaper, OfCadreRecord
from .filters import DefaultFilter, UnitOfCadreFilter

State = AdaptationState
# The next step of each state: (page, words of the button).
STEPS = {
    State.SURVEY: ("survey", "登记勘查"),
    State.QUOTE: ("quote", "登记报价"),
    State.WORKS: ("works", "登记完工"),
    State.ACCEPTANCE: ("accept", "登记验收"),
    State.ASKING: ("ask", "登记回访"),
}
PAPER_COLUMNS = (
    "姓名",
    "管理单位",
    "提出",
    "想改什么",
    "进展",
    "施工单位",
    "报价（元）",
    "补助（元）",
    "资金来源",
    "验收",
    "结算（元）",
    "满意度",
)


class StateFilter(DefaultFilter):
    """Without a choice: what is under way."""

    default_label = "正在办的"
    title, parameter_name = "进展", "state"

    def lookups(self, request, model_admin):
        return [("late", "逾期的"), *AdaptationState.choices, ("all", "全部"), ("void", "作废的")]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "void":
            return queryset.filter(voided_at__isnull=False)
        if value == "late":
            return queryset.standing().filter(step_due_on__lt=timezone.localdate())
        if value == "all":
            return queryset.standing()
        return queryset.standing().filter(state=value) if value in AdaptationState.values else queryset.open()


class FundFilter(admin.SimpleListFilter):
    title, parameter_name = "资金来源", "fund"

    def lookups(self, request, model_admin):
        return FundSource.choices

    def queryset(self, request, queryset):
        return queryset.filter(fund_source=self.value()) if self.value() in FundSource.values else queryset


@admin.register(HomeAdaptation)
class HomeAdaptationAdmin(AdaptationActs, OfCadreRecord):
    voidable = True
    record_page = "admin/ledgers/adaptation_page.html"
    add_label = "登记适老化改造"
    add_lead = "从勘查、报价、施工、验收到回访，一步一步登记；每一步都可以撤回。"
    add_form, change_form_class = AdaptationForm, AdaptationChangeForm
    empty_words = "老同志提出或者走访中发现要改造的，登记在这里。"
    list_display = ("who", "unit", "wish_words", "state_words", "contractor", "quoted", "owner")
    list_display_links = ("wish_words",)
    list_filter = (StateFilter, FundFilter, UnitOfCadreFilter)
    select_related_in_list = (*OfCadreRecord.select_related_in_list, "owner")
    select_related_in_record = (*OfCadreRecord.select_related_in_record, "owner", "measure__need")
    ordering = ("step_due_on", "-asked_on", "pk")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}家的适老化改造"

    def extra_pages(self):
        return [("sheet", "sheet/", self.sheet_view), *self.act_pages(), *self.photo_pages()]

    def photo_pages(self):
        return [
            ("photos", "<path:object_id>/photos/", self.photos_view),
            ("photo", "<int:pk>/photo/<uuid:photo>/", self.photo_view),
            ("photo-remove", "<int:pk>/photo/<uuid:photo>/remove/", self.photo_remove_view),
        ]

    def list_tools(self, request):
        return self.paper_tools(request, "sheet")

    @admin.display(description="想改什么")
    def wish_words(self, obj):
        return obj.wish[:40] or "打开"

    @admin.display(description="进展")
    def state_words(self, obj):
        words, tone = waiting_words(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    # Writing

    def furnish(self, request, form, cadre):
        if "measure" not in form.fields:
            return
        if cadre is None:
            del form.fields["measure"]
            return
        rows = Measure.objects.open().filter(need__cadre=cadre, need__closed_on__isnull=True)
        form.fields["measure"].queryset = rows.select_related("need").order_by("due_on", "pk")

    def initial_for(self, request, cadre):
        return {"asked_on": timezone.localdate()}

    def create(self, request, cadre, form):
        values = form.cleaned_data
        return works.open_case(
            cadre=cadre, asked_on=values["asked_on"], wish=values["wish"], owner=request.user,
            measure=values.get("measure"), actor=request.user, on=timezone.localdate(), form_key=values["form_key"],
        )  # fmt: skip

    def values_of(self, obj):
        return {"wish": obj.wish, "measure": obj.measure_id}

    def build_form(self, request, form_class, *, cadre, initial=None, obj=None, **more):
        form = super().build_form(request, form_class, cadre=cadre, initial=initial, obj=obj, **more)
        if obj is not None and obj.measure_id and "measure" in form.fields:
            # Done meanwhile, it stays the one that is linked.
            form.fields["measure"].queryset |= Measure.objects.filter(pk=obj.measure_id)
        return form

    def change(self, request, obj, form):
        values = form.cleaned_data
        works.change_case(
            obj, wish=values["wish"], owner=obj.owner, measure=values.get("measure"), actor=request.user,
            version=values["seen_version"],
        )  # fmt: skip

    # One case

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.voided_at or not self.may_change(request, obj):
            return tools
        for tool in tools:
            tool["main"] = False
        acts = []
        if obj.state in STEPS:
            page, words = STEPS[obj.state]
            acts.append({"label": words, "url": self.url_of(page, obj), "main": True})
        if obj.state == State.ACCEPTANCE:
            acts.append({"label": "验收不合格，返工", "url": self.url_of("send-back", obj)})
        if obj.state in MAY_CANCEL:
            acts.append({"label": "取消改造", "url": self.url_of("cancel", obj)})
        return [*acts, *tools]

    def tags(self, obj):
        words, tone = waiting_words(obj, timezone.localdate())
        return [*super().tags(obj), *([] if obj.voided_at else [(words, tone)])]

    def more_context(self, request, obj):
        photos = photos_of(obj)
        changes = not obj.voided_at and self.may_change(request, obj)
        step = last_step(obj)
        return {
            "sides": [
                {"label": side.label, "reason": getattr(obj, f"no_{side.value}_photo"),
                 "photos": [photo for photo in photos if photo.purpose.endswith(side.value)]}
                for side in PhotoSide
            ],
            "may_change": changes, "photos_url": self.url_of("photos", obj),
            "undo": {"url": f"{self.url_of('undo', obj)}?step={step.pk}", "words": str(step)}
            if changes and step and not obj.closed_by_event_id else None,
            "papers": [
                {"label": "打印勘查表", "url": f"{self.url_of('paper', obj)}?what=survey"},
                {"label": "打印验收单", "url": f"{self.url_of('paper', obj)}?what=acceptance"},
            ],
        }  # fmt: skip

    def blocks(self, request, obj):
        yield Block("要求", [
            ("提出日期", day(obj.asked_on)), ("想改什么", obj.wish), ("经办人", str(obj.owner)),
            ("一人一策里的办法", str(obj.measure) if obj.measure else "没有对应"),
        ])  # fmt: skip
        changes = not obj.voided_at and obj.state in MAY_CANCEL and self.may_change(request, obj)
        yield Block(
            "改造项目", columns=ITEM_COLUMNS, rows=item_rows(obj), empty="还没有填。先填改造项目，再登记勘查。",
            links=[{"label": "填写改造项目", "url": self.url_of("items", obj)}] if changes else [],
        )  # fmt: skip
        for title, facts in case_facts(obj):
            if any(text for _, text in facts):
                yield Block(title, [(name, text or "—") for name, text in facts])
        yield Block(
            "办理过程", columns=("哪一天", "从", "到", "谁办的", ""), empty="还没有开始。",
            rows=[
                [day(step.happened_on), step.get_before_state_display(), step.get_after_state_display(),
                 str(step.actor or "人员变动"), "已撤回" if step.taken_back_at else ""]
                for step in obj.steps.select_related("actor")
            ],
        )  # fmt: skip

    # Photos

    def photos_view(self, request, object_id):
        obj = self.actable(request, object_id)
        side = PhotoSide.AFTER if obj.works_until or obj.state in ENDED else PhotoSide.BEFORE
        form = PhotoForm(
            request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None,
            initial={"side": side}, label_suffix="",
        )  # fmt: skip

        def keep(values):
            photos = [read_photo(file) for file in values["photo"]]
            works.add_photos(obj, values["side"], photos, actor=request.user)

        lead = "只拍改造的地方，不用拍人。照片里的拍摄地点等信息会自动去掉。"
        return self.one_act(
            request, obj, form, title="加照片", lead=lead, done="照片已保存。", button="保存照片", perform=keep
        )

    def photo_of(self, request, pk: int, public_id):
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, str(pk))
        found = next((photo for photo in photos_of(obj) if photo.public_id == public_id), None)
        if found is None:
            raise Http404
        return obj, found

    def photo_view(self, request, pk: int, photo):
        _, found = self.photo_of(request, pk, photo)
        response = HttpResponse(attachments.read(found), content_type=found.content_type)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def photo_remove_view(self, request, pk: int, photo):
        obj, found = self.photo_of(request, pk, photo)
        if not self.may_change(request, obj) or obj.voided_at:
            raise PermissionDenied
        if request.method == "POST":
            works.remove_photo(obj, found, actor=request.user)
            messages.success(request, "照片已删去。")
            return HttpResponseRedirect(self.url_of("change", obj))
        context = {
            "title": f"删去照片：{self.title_of(obj)}", "original": obj, "back": self.url_of("change", obj),
            "lead": "删去以后不能恢复。", "buttons": [("remove", "删去这张照片")], "list_url": self.list_url(),
            "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context)

    # Papers

    def paper_view(self, request, object_id):
        """勘查表 or 验收单 on one page, with lines to sign."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        is_survey = request.GET.get("what") != "acceptance"
        title = "适老化改造勘查表" if is_survey else "适老化改造验收单"
        frame = frame_for(
            request, title, scope=f"{obj.cadre.person.name}　{obj.cadre.managing_unit}", stamp=True,
            back_url=self.url_of("change", obj),
        )  # fmt: skip
        parts = dict(case_facts(obj))
        wanted = ("勘查",) if is_survey else ("勘查", "报价", "施工和验收")
        signs = ("勘查人", "本人或家属") if is_survey else ("施工单位", "验收人", "本人或家属", "经办人")
        context = {
            "frame": frame,
            "signs": signs,
            "blocks": [
                ("要求", [("提出日期", day(obj.asked_on)), ("想改什么", obj.wish)]),
                *((name, parts[name]) for name in wanted),
            ],
            "lines": {
                "title": "改造项目",
                "columns": ITEM_COLUMNS,
                "rows": item_rows(obj) or [[""] * len(ITEM_COLUMNS)] * 6,
            },
            "notes": [
                "签字表示改造前已经说明要改哪些地方、会有什么影响。"
                if is_survey
                else "签字表示以上项目已经完工，能正常使用。"
            ],
        }
        self.log_look(request, obj, "print")
        return self.page(request, "print/case.html", context)

    def sheet_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = list(self.filtered_rows(request))
        paper = ListPaper(
            title="适老化改造台账", columns=PAPER_COLUMNS, people=[row.cadre_id for row in rows], order="期限先后",
            rows=[sheet_cells(row) for row in rows],
        )  # fmt: skip
        return self.send_paper(request, paper, back=self.list_url(), as_file=as_file)


ITEM_COLUMNS = ("项目", "位置", "数量", "单价（元）", "合计（元）", "说明")


def item_rows(obj: HomeAdaptation) -> list[list]:
    names = names_of("adaptation_item")
    return [
        [names.get(row.item, row.item), row.place, str(row.number), "" if row.price is None else str(row.price),
         "" if row.price is None else str(row.price * row.number), row.note]
        for row in obj.items.filter(voided_at__isnull=True)
    ]  # fmt: skip


def case_facts(obj: HomeAdaptation) -> list[tuple[str, list[tuple[str, str]]]]:
    """What each step said, in the words of the paper forms; empty where it is still to come."""

    def amount(value) -> str:
        return "" if value is None else f"{value} 元"

    return [
        ("勘查", [("勘查日期", day(obj.surveyed_on)), ("勘查人", obj.surveyor), ("住房情况和问题", obj.findings)]),
        (
            "报价",
            [
                ("报价日期", day(obj.quoted_on)),
                ("施工单位", "　".join(filter(None, (obj.contractor, obj.contractor_phone)))),
                ("报价", amount(obj.quoted)),
                ("资金来源", obj.get_fund_source_display()),
                ("其中补助", amount(obj.subsidy)),
                ("超过上限的理由", obj.over_reason),
            ],
        ),
        (
            "施工和验收",
            [
                ("开工日期", day(obj.works_from)),
                ("完工日期", day(obj.works_until)),
                ("验收日期", day(obj.accepted_on)),
                ("验收人", obj.acceptor),
                ("验收意见", obj.acceptance_note),
                ("结算金额", amount(obj.paid)),
            ],
        ),
        (
            "回访",
            [
                ("回访日期", day(obj.replied_on)),
                ("是否满意", obj.get_satisfaction_display()),
                ("意见", obj.satisfaction_note),
            ],
        ),
        (
            "取消",
            [
                ("取消日期", day(obj.cancelled_on)),
                ("为什么取消", obj.get_cancel_because_display()),
                ("取消说明", obj.cancel_note),
            ],
        ),
    ]


def sheet_cells(row: HomeAdaptation) -> list[str]:
    return [
        row.cadre.person.name, row.cadre.managing_unit.short_name or row.cadre.managing_unit.name, day(row.asked_on),
        row.wish, row.get_state_display(), row.contractor, "" if row.quoted is None else str(row.quoted),
        "" if row.subsidy is None else str(row.subsidy), row.get_fund_source_display(), day(row.accepted_on),
        "" if row.paid is None else str(row.paid), row.get_satisfaction_display(),
    ]  # fmt: skip
