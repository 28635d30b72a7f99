"""后事办理: the case of each death with its tasks, papers and drafts, and the lines of the notice sheet."""

import datetime as dt

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.printing import frame_for
from apps.ledgers.access import colleagues_of
from apps.ledgers.board import due_words
from apps.ledgers.choices.aftermath import TaskEnd
from apps.ledgers.forms.aftermath import (
    DraftForm,
    HandForm,
    NewTaskForm,
    OwnerForm,
    SurvivorForm,
    TaskForm,
)
from apps.ledgers.models import AftermathCase, AftermathTask
from apps.ledgers.queries.aftermath import biography_draft, notice_lines, obituary_draft
from apps.ledgers.services import aftermath
from apps.people.models import Relative
from apps.registry.admin.scope import may_on

from .aftermath_word import WORD, word_of
from .filters import DefaultFilter, UnitOfCadreFilter

LARGEST_KEY = 2**63
PAPERS = {"obituary": "讣告", "biography": "生平"}


class CaseFilter(DefaultFilter):
    """Without a choice: affairs that are not done."""

    default_label = "正在办的"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("mine", "我联系的"), ("closed", "已办结"), ("void", "离世登记已撤销"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        standing = queryset.filter(voided_at__isnull=True)
        if self.value() == "closed":
            return standing.filter(closed_on__isnull=False)
        open_ones = standing.filter(closed_on__isnull=True)
        return open_ones.filter(owner=request.user) if self.value() == "mine" else open_ones


@admin.register(AftermathCase)
class AftermathCaseAdmin(RecordAdmin):
    empty_words = "登记老同志离世以后，要办的后事会自动列在这里。"
    list_display = ("who", "died", "unit", "owner_name", "left", "next_due")
    list_display_links = ("who",)
    list_filter = (CaseFilter, UnitOfCadreFilter)
    search_fields = ("cadre__person__name",)
    search_help_text = "姓名"
    select_related_in_list = ("cadre__person", "cadre__managing_unit", "owner")
    select_related_in_record = ("cadre__person__household", "cadre__managing_unit", "owner", "event", "closed_by")
    ordering = ("-opened_on", "-pk")
    sortable_by = ()

    def has_add_permission(self, request):
        return False

    def rows_for(self, user, permission):
        rows = super().rows_for(user, permission)
        left = Q(tasks__done_on__isnull=True, tasks__voided_at__isnull=True)
        return rows.annotate(open_tasks=Count("tasks", filter=left), first_due=Min("tasks__due_on", filter=left))

    def get_object(self, request, object_id, from_field=None):
        """Counts belong to the list; one case is read, and locked, without them."""
        rows = AftermathCase.objects.visible_to(request.user, self.right("view"))
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        found = rows.select_related(*self.select_related_in_record).filter(pk=int(object_id)).first()
        if found is None:
            raise Http404
        return found

    def is_changeable(self, request, obj):
        return obj.voided_at is None and may_on(request, obj.cadre_id, self.right("change"))

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"后事办理：{obj.cadre.person.name}"

    # List

    @admin.display(description="老同志")
    def who(self, obj):
        return obj.cadre.person.name

    @admin.display(description="离世时间")
    def died(self, obj):
        died_on = obj.cadre.person.died_on
        return died_on.display() if died_on else ""

    @admin.display(description="管理单位")
    def unit(self, obj):
        return obj.cadre.managing_unit.short_name or obj.cadre.managing_unit.name

    @admin.display(description="家属找谁", empty_value="还没有定")
    def owner_name(self, obj):
        return str(obj.owner) if obj.owner else None

    @admin.display(description="还没办的")
    def left(self, obj):
        return f"{obj.open_tasks} 件" if obj.open_tasks else "都办了"

    @admin.display(description="最近一件")
    def next_due(self, obj):
        if obj.first_due is None:
            return ""
        words, tone = due_words(obj.first_due, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    # Pages

    def get_urls(self):
        views = {
            "owner": self.owner_view, "add-task": self.add_task_view, "hand-over": self.hand_over_view,
            "draft": self.draft_view, "paper": self.paper_view, "word": self.word_view,
            "survivor": self.survivor_view, "notice": self.notice_view, "close": self.close_view,
        }  # fmt: skip
        pages = [
            path(f"<path:object_id>/{name}/", self.staff_view(view), name=f"ledgers_aftermathcase_{name}")
            for name, view in views.items()
        ]
        task = path("task/<int:number>/", self.staff_view(self.task_view), name="ledgers_aftermathcase_task")
        return [task, *pages, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        case = self.get_object(request, unquote(object_id))
        may_act = self.may_change(request, case) and case.closed_on is None
        audit.look(
            "open", actor=request.user, people=[case.cadre_id], fields=["aftermath"], target=self._target(case),
            request=request,
        )  # fmt: skip
        return self.page(request, "admin/ledgers/aftermath_case.html", self.case_context(request, case, may_act))

    def case_context(self, request, case, may_act: bool) -> dict:
        today = timezone.localdate()
        person = case.cadre.person
        rows, may_change = [], self.may_change(request, case)
        for task in case.tasks.filter(voided_at__isnull=True).select_related("owner", "done_by"):
            words, tone = due_words(task.due_on, today)
            url = reverse("admin:ledgers_aftermathcase_task", args=[task.pk])
            rows.append({"task": task, "due": words, "tone": tone, "url": url if may_change else ""})
        facts = [
            ("离世时间", person.died_on.display() if person.died_on else ""),
            ("管理单位", str(case.cadre.managing_unit)),
            ("家属找谁", f"{case.owner}　{case.owner.phone}" if case.owner else "还没有定"),
            (
                "祝贺问候",
                f"{person.mourned_until:%Y-%m-%d} 以前，不向这一家自动发祝福" if person.mourned_until else "",
            ),
            ("一家人", person.household.name if person.household else "没有登记家庭"),
        ]
        acts = {
            "survivor": "遗属建档", "hand-over": "登记交给家属", "add-task": "添一件事", "owner": "定联系人"
        }  # fmt: skip
        tools = [{"label": "打印告知单", "url": self.url_of("notice", case), "main": True}]
        if may_act:
            tools += [{"label": "写讣告和生平", "url": self.url_of("draft", case)}]
            tools += [{"label": label, "url": self.url_of(act, case)} for act, label in acts.items()]
            tools += [{"label": "后事办结", "url": self.url_of("close", case)}]
        return {
            "title": self.title_of(case), "original": case, "case": case, "rows": rows, "facts": facts, "tools": tools,
            "handovers": list(case.handovers.filter(voided_at__isnull=True).select_related("handed_by")),
            "person_url": reverse("admin:registry_cadre_change", args=[case.cadre_id]),
            "history_url": self.url_of("history", case),
        }  # fmt: skip

    def act(self, request, case, form, done, *, title: str, lead: str = "", buttons=(("save", "保存"),)):
        """A page of one form: `done(values)` does it and returns the words to say; a refusal shows at its field."""
        if request.method == "POST" and form.is_valid():
            try:
                words = done(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.url_of("change", case))
        context = {
            "title": f"{title}：{case.cadre.person.name}", "original": case, "form": form, "media": form.media,
            "lead": lead, "back": self.url_of("change", case), "buttons": list(buttons),
            "list_url": reverse("admin:ledgers_aftermathcase_changelist"), "list_words": "后事办理",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def asked(self, request, object_id, form_class, **more):
        """(case, form) for a page that changes it."""
        case = self.changeable_object(request, object_id)
        return case, form_class(request.POST if request.method == "POST" else None, **more)

    def colleagues(self, request, object_id):
        case = self.changeable_object(request, object_id)
        return colleagues_of(case.cadre.managing_unit, timezone.localdate())

    def owner_view(self, request, object_id):
        case, form = self.asked(request, object_id, OwnerForm, colleagues=self.colleagues(request, object_id))
        form.initial = {"owner": case.owner_id}

        def name(values):
            aftermath.name_owner(case, values["owner"], actor=request.user)
            return "联系人已定，告知单和家属的页面上会写明。"

        return self.act(request, case, form, name, title="家属找谁")

    def add_task_view(self, request, object_id):
        case, form = self.asked(request, object_id, NewTaskForm, colleagues=self.colleagues(request, object_id))
        form.initial |= {"owner": case.owner_id, "due_on": timezone.localdate() + dt.timedelta(days=7)}

        def add(values):
            aftermath.add_task(
                case, what=values["what"], owner=values["owner"], due_on=values["due_on"], actor=request.user,
                form_key=values["form_key"],
            )  # fmt: skip
            return "已列入。"

        return self.act(request, case, form, add, title="添一件要办的事")

    def task_view(self, request, number: int):
        """Who does it by when; done, not needed, or open again."""
        tasks = AftermathTask.objects.filter(voided_at__isnull=True)
        task = tasks.filter(pk=number).first() if number < LARGEST_KEY else None
        if task is None:
            raise Http404
        key = str(task.case_id)
        case, form = self.asked(request, key, TaskForm, colleagues=self.colleagues(request, key))
        form.initial = {"owner": task.owner_id, "due_on": task.due_on, "note": task.note}
        buttons = [("done", "办好了"), ("not_needed", "家属不需要"), ("save", "只保存")]
        if task.done_on:
            form = PortalForm(request.POST if request.method == "POST" else None)
            buttons = [("again", "重新办")]

        def do(values):
            if task.done_on:
                aftermath.reopen_task(task, actor=request.user)
                return "已重新列为要办。"
            ended = next((end for end in TaskEnd.values if end in request.POST), "")
            if not ended:
                aftermath.change_task(task, actor=request.user, **values)
                return "已保存。"
            aftermath.end_task(task, ended, note=values["note"], actor=request.user, on=timezone.localdate())
            return "已办结这件事。"

        lead = f"{task.get_ended_display()}，{task.done_on:%Y-%m-%d}，{task.done_by or ''}" if task.done_on else ""
        return self.act(request, case, form, do, title=task.what, lead=lead, buttons=buttons)

    def hand_over_view(self, request, object_id):
        case, form = self.asked(request, object_id, HandForm)
        form.initial |= {"on_day": timezone.localdate()}

        def give(values):
            aftermath.hand_over(case, actor=request.user, today=timezone.localdate(), **values)
            return "已登记交给家属。"

        lead = "告知单交给家属以后，“送告知单”那件事自动办结。"
        return self.act(request, case, form, give, title="登记交给家属", lead=lead)

    def survivor_view(self, request, object_id):
        case = self.changeable_object(request, object_id)
        relations = names_of("relation")
        rows = Relative.objects.filter(person_id=case.cadre_id, voided_at__isnull=True, is_living=True)
        relatives = list(rows.order_by("-is_emergency", "pk"))
        for row in relatives:
            row.words = f"{row.name}（{row.relation_note or relations.get(row.relation, '')}）"
        form = SurvivorForm(request.POST if request.method == "POST" else None, relatives=relatives)
        form.fields["known"].choices = [("", "不在里面，另外写"), *((str(row.pk), row.words) for row in relatives)]

        def enter(values):
            told = aftermath.Survivor(
                values["name"], values["sex"], values["birth_date"] or None, values["phone"], values["note"]
            )
            person = aftermath.enter_survivor(case, told, actor=request.user, on=timezone.localdate(), request=request)
            return f"{person.name}已登记在这一家里，以后走访慰问能选到。"

        lead = "给还健在的家属建档，登记在老同志的家庭里，以后照样看望。家里已有同名的，不会重复登记。"
        return self.act(request, case, form, enter, title="遗属建档", lead=lead, buttons=[("save", "建档")])

    def close_view(self, request, object_id):
        case, form = self.asked(request, object_id, PortalForm)

        def close(_values):
            aftermath.close_case(case, actor=request.user, on=timezone.localdate())
            return "后事已办结。需要时可以把其中一件重新办。"

        return self.act(
            request, case, form, close, title="后事办结", lead="每件事都办好或者注明不需要以后才能办结。",
            buttons=[("save", "办结")],
        )  # fmt: skip

    # Drafts and prints

    def draft_view(self, request, object_id):
        case, form = self.asked(request, object_id, DraftForm)
        form.initial = {
            "obituary": case.obituary or obituary_draft(case.cadre, timezone.localdate()),
            "biography": case.biography or biography_draft(case.cadre),
            "seen_version": case.version,
        }

        def save(values):
            aftermath.save_drafts(
                case, obituary=values["obituary"], biography=values["biography"], version=values["seen_version"],
                actor=request.user,
            )  # fmt: skip
            return "已保存。可以打印，也可以存成 Word 再改。"

        if request.method == "POST" and form.is_valid():
            try:
                words = save(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
                form.data = {**form.data.dict(), "seen_version": case.version}
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.url_of("draft", case))
        tools = [
            {"label": f"{label}：{way}", "url": f"{self.url_of(page, case)}?what={what}"}
            for what, label in PAPERS.items()
            for page, way in (("paper", "打印"), ("word", "存成 Word"))
        ]
        context = {
            "title": f"讣告和生平：{case.cadre.person.name}", "original": case, "form": form, "tools": tools,
            "back": self.url_of("change", case), "case": case, "is_saved": bool(case.obituary or case.biography),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/aftermath_draft.html", context, status=422 if form.errors else 200)

    def draft_of(self, request, object_id):
        """(case, name of the paper, its text): as saved, else as begun from the registry."""
        if not request.user.has_perm(self.right("change")):
            raise PermissionDenied
        case = self.changeable_object(request, object_id)
        what = request.GET.get("what", "obituary")
        if what not in PAPERS:
            raise Http404
        begun = {"obituary": lambda: obituary_draft(case.cadre, timezone.localdate())}.get(
            what, lambda: biography_draft(case.cadre)
        )
        text = getattr(case, what) or begun()
        audit.look(
            "print", actor=request.user, people=[case.cadre_id], fields=[what], target=self._target(case),
            request=request,
        )  # fmt: skip
        return case, PAPERS[what], text

    def paper_view(self, request, object_id):
        case, title, text = self.draft_of(request, object_id)
        frame = frame_for(request, title, back_url=self.url_of("draft", case), recall=False)
        lines = [line for line in text.splitlines() if line.strip()]
        return self.page(request, "print/obituary.html", {"frame": frame, "lines": lines, "title": title})

    def word_view(self, request, object_id):
        case, title, text = self.draft_of(request, object_id)
        response = HttpResponse(word_of(title, text), content_type=WORD)
        name = f"{title}（{case.cadre.person.name}同志）.docx"
        response.headers["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def notice_view(self, request, object_id):
        """后事办理一次告知单 with his name, the bureau's telephone and whom to ask for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self.get_object(request, unquote(object_id))
        lines = notice_lines(case.cadre.managing_unit, timezone.localdate())
        frame = frame_for(
            request, "后事办理一次告知单", columns=5, back_url=self.url_of("change", case), recall=False, stamp=True,
            signature="家属签收",
        )  # fmt: skip
        audit.look(
            "print", actor=request.user, people=[case.cadre_id], fields=["aftermath_notice"],
            target=self._target(case), request=request,
        )  # fmt: skip
        context = {"frame": frame, "case": case, "person": case.cadre.person, "lines": lines, "owner": case.owner}
        return self.page(request, "print/aftermath_notice.html", context)
