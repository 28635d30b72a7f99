"""调课: the page of one lesson and what may be done with it; the record of all such acts."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.university.choices.life import ActKind
from apps.university.choices.schools import SessionState
from apps.university.forms.life import MakeUpForm, MoveForm, ReasonedForm, SubstituteForm
from apps.university.models import SessionAct
from apps.university.queries.lessons import lessons
from apps.university.rules.lessons import moment_words
from apps.university.services import lessons as acts

from .attendance_pages import AttendancePages
from .class_pages import ClassPages
from .life_base import LifeAdmin, class_url, lesson_url
from .notice_pages import NoticePages
from .timetables import TimetablePages

CHANGE = "university.change_sessionact"
TONES = {SessionState.CANCELLED: "late", SessionState.MOVED: "soon", SessionState.HELD: "done"}


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = "事项", "kind"

    def lookups(self, request, model_admin):
        return ActKind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in ActKind.values else queryset


@admin.register(SessionAct)
class SessionActAdmin(TimetablePages, ClassPages, AttendancePages, NoticePages, LifeAdmin):
    list_display = ("done_at", "class_group", "kind", "reason", "now_words", "done_by", "undone_words")
    list_filter = (KindFilter,)
    search_fields = ("class_group__course__name", "class_group__code", "reason")
    search_help_text = "课程、班号或原因"
    select_related_in_list = ("class_group__course", "class_group__school", "session", "done_by")
    select_related_in_record = ("class_group__course", "session", "done_by")
    fields = ("class_group", "session", "kind", "reason", "done_at", "done_by", "undone_at")
    ordering = ("-done_at", "-pk")
    sortable_by = ()
    empty_words = "停课、改时间、换教室、代课、补课，都从课表里点那一次课来办；办过的记在这里。"

    @admin.display(description="现在的安排")
    def now_words(self, act):
        words = moment_words(act.session.starts_at, act.session.ends_at)
        return f"{words}　停课" if act.session.state == SessionState.CANCELLED else words

    @admin.display(description="撤回")
    def undone_words(self, act):
        return "已撤回" if act.undone_at else ""

    def get_urls(self):
        name = "university_sessionact"
        pages = [
            path("lesson/<int:pk>/", self.staff_view(self.lesson_view), name=f"{name}_lesson"),
            path("lesson/<int:pk>/cancel/", self.staff_view(self.cancel_view), name=f"{name}_cancel"),
            path("lesson/<int:pk>/move/", self.staff_view(self.move_view), name=f"{name}_move"),
            path("lesson/<int:pk>/substitute/", self.staff_view(self.substitute_view), name=f"{name}_substitute"),
            path("lesson/<int:pk>/make-up/", self.staff_view(self.make_up_view), name=f"{name}_make_up"),
            path("<int:pk>/undo/", self.staff_view(self.undo_view), name=f"{name}_undo"),
        ]
        return pages + super().get_urls()

    def lesson_view(self, request, pk: int):
        """One lesson: when, where, who teaches, what was changed, and the acts."""
        session = self.lesson_of(request, pk)
        session = lessons().get(pk=session.pk) if session.voided_at is None else session
        group = session.class_group
        done = list(session.acts.select_related("done_by", "notice").order_by("-done_at"))
        may = request.user.has_perm(CHANGE) and session.voided_at is None
        context = {
            "title": f"{group}　{session}", "session": session, "group": group, "acts": done,
            "last_act": next((act for act in done if not act.undone_at), None),
            "when": moment_words(session.starts_at, session.ends_at), "tone": TONES.get(session.state, ""),
            "teachers": list(session.teachers.select_related("teacher__person")),
            "is_off": session.state == SessionState.CANCELLED, "may_act": may and session.state != SessionState.HELD,
            "may_roll": request.user.has_perm("university.view_rollcall") and session.voided_at is None,
            "has_begun": timezone.localdate(session.starts_at) <= timezone.localdate(),
            "roll": getattr(session, "roll", None), "class_url": class_url(group),
            "pages": {
                page: lesson_url(session, page) for page in ("cancel", "move", "substitute", "make_up", "roll", "sheet")
            },
        }  # fmt: skip
        return self.page(request, "admin/university/lesson.html", context)

    def lead(self, session) -> str:
        group, when = session.class_group, moment_words(session.starts_at, session.ends_at)
        return f"{group.school} {group}，{when}，{session.room or '没有固定教室'}。办好以后马上通知全班学员。"

    def lesson_act(self, request, pk: int, make_form, service, *, title: str, button: str):
        """An act on a lesson: `make_form(data, session)`, then `service(session, values, form)`."""
        session = self.lesson_of(request, pk, right=CHANGE)
        form = make_form(posted(request), session)

        def perform(values):
            act = service(session, values, form)
            return told_words(act)

        return self.act(
            request, form, perform, title=f"{title}：{session.class_group}　{session}", lead=self.lead(session),
            button=button, back=lesson_url(session),
        )  # fmt: skip

    def common(self, request, values) -> dict:
        return {
            "reason": values["reason"], "actor": request.user, "now": timezone.now(), "form_key": values["form_key"]
        }  # fmt: skip

    def cancel_view(self, request, pk: int):
        return self.lesson_act(
            request, pk, lambda data, session: ReasonedForm(data),
            lambda session, values, form: acts.cancel_lesson(session, **self.common(request, values)),
            title="停课", button="停这次课，通知学员",
        )  # fmt: skip

    def move_view(self, request, pk: int):
        return self.lesson_act(
            request, pk, lambda data, session: MoveForm(data, session=session),
            lambda session, values, form: acts.move_lesson(
                session, **form.moments(), anyway=values["anyway"], **self.common(request, values)
            ),
            title="改时间、换教室", button="改好，通知学员",
        )  # fmt: skip

    def substitute_view(self, request, pk: int):
        return self.lesson_act(
            request, pk, lambda data, session: SubstituteForm(data, school=session.class_group.school),
            lambda session, values, form: acts.substitute(
                session, teacher=values["teacher"], **self.common(request, values)
            ),
            title="代课", button="安排代课，通知学员",
        )  # fmt: skip

    def make_up_view(self, request, pk: int):
        return self.lesson_act(
            request, pk, lambda data, session: MakeUpForm(data, session=session),
            lambda session, values, form: acts.make_up(
                session, **form.moments(), teacher=values["teacher"], anyway=values["anyway"],
                **self.common(request, values),
            ),
            title="补课", button="加这次课，通知学员",
        )  # fmt: skip

    def undo_view(self, request, pk: int):
        act = self.row_of(request, pk, right=CHANGE)
        error = ""
        if request.method == "POST":
            try:
                acts.undo(act, actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                error = refusal.sentence
            else:
                return self.back_with(request, "已撤回。已经通知到的学员会再收到一条通知。", lesson_url(act.session))
        elif act.undone_at:
            raise PermissionDenied
        context = {
            "title": f"撤回：{act}", "error": error, "question": f"撤回“{act.get_kind_display()}”，恢复原来的安排？",
            "detail": f"{act.class_group}，原因：{act.reason}。还没发出的通知一并收回；已经通知到的，再通知一次。",
            "button": "撤回", "cancel_url": lesson_url(act.session),
            "list_url": reverse(self.list_url), "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context, status=422 if error else 200)


def told_words(act: SessionAct) -> str:
    """What is said after an act: how many were told, and that the rest must be rung."""
    if act.notice is None:
        return f"已办：{act.get_kind_display()}。这次课的时间已经过了，没有发通知。"
    texted = act.notice.lines.filter(message__isnull=False).count()
    rest = act.notice.lines.count() - texted
    words = f"已办：{act.get_kind_display()}，短信通知 {texted} 人。"
    return words + (f"有 {rest} 人短信通知不到，请打电话（见下面的通知）。" if rest else "")
