"""Sign-ups of classes: the list, one with its slip, and what staff may do to it, each with a reason."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.choices import ACTIVE, SignUpSource, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import SignUp
from apps.signups.queries import positions_of
from apps.signups.services import seats
from apps.signups.services.waiting import to_waiting
from apps.university.forms.desk import BoxForm, ReasonForm
from apps.university.models import ClassGroup, School
from apps.university.queries.class_list import sessions_of
from apps.university.queries.desk_classes import place_words, when_words, with_facts
from apps.university.queries.desk_person import TONES, lines_for, standing_words
from apps.university.rules.when import fee_words

from .class_papers import ClassPaperPages
from .day_end import DayEndPages
from .desk import WindowPages
from .desk_base import moment_words, person_url

PAPERS = {"a4": "A4", "a5": "A5"}
# act: label, sentence, button; who waits or sits may be taken off, who sits may be put back
ACTS = {
    "undo": ("撤销", "十分钟内撤销，就当没有报过；名额马上给候补的人。", "确定撤销"),
    "withdraw": ("退出", "本人不读了、不排了。名额按候补次序给下一位。请写本人说的原因。", "确定退出"),
    "remove": ("移出", "由学校移出，例如报错了人。请写清原因，本人会收到通知。", "确定移出"),
    "wait": ("转为候补", "名额退回，他回到候补里自己原来的次序。请写清原因。", "确定转为候补"),
}


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        shown = (SignUpState.SEATED, SignUpState.OFFERED, SignUpState.WAITING, SignUpState.APPLIED)
        return [*((state.value, state.label) for state in shown), ("over", "已经结束的"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "没有结束的"}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "over":
            return queryset.exclude(state__in=ACTIVE)
        if self.value() in SignUpState.values:
            return queryset.filter(state=self.value())
        return queryset.filter(state__in=ACTIVE)


class SourceFilter(admin.SimpleListFilter):
    title, parameter_name = "从哪里报的", "source"

    def lookups(self, request, model_admin):
        return SignUpSource.choices

    def queryset(self, request, queryset):
        return queryset.filter(source=self.value()) if self.value() in SignUpSource.values else queryset


class SchoolFilter(admin.SimpleListFilter):
    title, parameter_name = "学校", "school"

    def lookups(self, request, model_admin):
        schools = School.objects.visible_to(request.user, "signups.view_signup").current()
        return [(str(pk), short or name) for pk, short, name in schools.values_list("pk", "short_name", "name")[:60]]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(offering__class_group__school=int(value)) if value.isdecimal() else queryset


@admin.register(SignUp)
class SignUpAdmin(WindowPages, ClassPaperPages, DayEndPages, RecordAdmin):
    """Sign-ups for classes of schools on the user's units. Nothing is typed into one: it comes by the desk or the web,
    and goes by an act."""

    list_display = ("who", "class_title", "state_words", "asked_at", "source_words")
    list_display_links = ("who",)
    list_filter = (StateFilter, SourceFilter, SchoolFilter)
    select_related_in_list = ("person", "offering", "entered_by")
    select_related_in_record = ("person", "offering__class_group", "entered_by", "ticket__round")
    search_fields = ("offering__title",)
    search_help_text = "班名；找人请用报名窗口"
    ordering = ("-pk",)
    sortable_by = ()
    empty_words = "报了名的人列在这里。"

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return SignUp.objects.none()
        schools = School.objects.visible_to(user, permission)
        return SignUp.objects.filter(offering__class_group__school__in=schools.order_by().values("pk"))

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def may_act(self, request, obj) -> bool:
        return self.rows_for(request.user, self.right("change")).filter(pk=obj.pk).exists()

    def people_of(self, obj):
        return [obj.person_id]

    def title_of(self, obj):
        return f"{obj.person.name}：{obj.offering.title}"

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        positions = positions_of(rows)
        for row in rows:
            row.standing = standing_words(row, positions.get(row.pk, 0))
        changelist.result_list = rows
        return changelist

    @admin.display(description="报名人")
    def who(self, obj):
        return obj.person.name

    @admin.display(description="班级")
    def class_title(self, obj):
        return obj.offering.title

    @admin.display(description="情况")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.standing)

    @admin.display(description="报名时间")
    def asked_at(self, obj):
        return timezone.localtime(obj.queued_at).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="从哪里报的")
    def source_words(self, obj):
        by = obj.entered_by if obj.source in (SignUpSource.DESK, SignUpSource.PHONE, SignUpSource.PAD) else None
        return f"{obj.get_source_display()}{f'：{by}' if by else ''}"

    # One sign-up

    def get_urls(self):
        pages = [path("<path:object_id>/slip/", self.staff_view(self.slip_view), name="signups_signup_slip")]
        pages += [
            path(f"<path:object_id>/{act}/", self.staff_view(self.act_view_of(act)), name=f"signups_signup_{act}")
            for act in ACTS
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Where it stands, in large words: what the clerk sees right after the sign-up, and later."""
        sign_up = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sign_up) or request.method == "POST":
            raise PermissionDenied
        now = timezone.now()
        line = lines_for([sign_up], self.schools_of(request), now=now)[0]
        class_group = with_facts(ClassGroup.objects.filter(pk=sign_up.offering.class_group.pk))[0]
        audit.look("desk.open", actor=request.user, people=[sign_up.person_id], request=request,
                   target=f"signups.signup:{sign_up.pk}")  # fmt: skip
        context = {
            "title": self.title_of(sign_up), "original": sign_up, "sign_up": sign_up, "line": line,
            "facts": self.facts_of(sign_up, class_group, line), "box": BoxForm(),
            "acts": self.acts_of(request, sign_up, now) if self.may_act(request, sign_up) else [],
            "at_desk": request.user.has_perm("university.use_desk"),
            "person_url": person_url(sign_up.person, request.user),
            "slip_url": self.url_of("slip", sign_up),
        }  # fmt: skip
        return self.page(request, "admin/university/sign_up.html", context)

    def schools_of(self, request):
        return School.objects.visible_to(request.user, "signups.view_signup")

    def facts_of(self, sign_up, class_group, line) -> list[tuple[str, str]]:
        rows = [
            ("报名人", sign_up.person.name), ("班级", sign_up.offering.title), ("上课时间", when_words(class_group)),
            ("地点", place_words(class_group)), ("学校电话", class_group.school.phone),
            ("报名时间", timezone.localtime(sign_up.queued_at).strftime("%Y-%m-%d %H:%M")),
            ("从哪里报的", self.source_words(sign_up)),
        ]  # fmt: skip
        if sign_up.ticket:
            rows.append(("抽签编号", f"{sign_up.ticket.number}，第 {sign_up.preference} 志愿"))
        if sign_up.state == SignUpState.WAITING:
            rows += self.waiting_facts(sign_up)
        if line.fee_due is not None:
            rows.append(("应缴", fee_words(line.fee_due)))
        if line.offer and line.offer.answer_by:
            rows.append(("请在何时前答复", moment_words(line.offer.answer_by)))
        if sign_up.end_reason:
            rows.append(("结束原因", sign_up.end_reason))
        return rows

    @staticmethod
    def waiting_facts(sign_up) -> list[tuple[str, str]]:
        """Why a place would pass him by today; his rank stays."""
        offering, rows = sign_up.offering, []
        both = SignUp.objects.filter(
            offering=offering, ticket=sign_up.ticket_id, state=SignUpState.WAITING, voided_at__isnull=True
        )
        if sign_up.ticket_id is not None and both.count() > 1:
            rows.append(("两人同报", "有两个名额时一起递补；只空出一个时先给下一位，位次不变"))
        refused = kind_of(offering).refusals(offering, [sign_up.person_id], timezone.localdate())
        if sentence := refused.get(sign_up.person_id):
            rows.append(("现在轮到也不能递补", f"{sentence}位次不变。"))
        return rows

    def acts_of(self, request, sign_up, now) -> list[dict]:
        """What may be done now: undo for ten minutes, afterwards withdraw; a place may be put back into the queue."""
        if sign_up.state not in ACTIVE or sign_up.state == SignUpState.APPLIED:
            return []
        may_undo = sign_up.undo_until is not None and now < sign_up.undo_until
        acts = [*(["undo"] if may_undo else []), "withdraw", "remove"]
        if sign_up.state == SignUpState.SEATED:
            acts.append("wait")
        return [{"label": ACTS[act][0], "url": self.url_of(act, sign_up)} for act in acts]

    def act_view_of(self, act: str):
        def view(request, object_id):
            return self.act_view(request, object_id, act)

        return view

    def act_view(self, request, object_id, act: str):
        """One act on one sign-up; done already, it says where it stands now."""
        sign_up = self.get_object(request, unquote(object_id))
        if not self.may_act(request, sign_up):
            raise PermissionDenied
        label, sentence, button = ACTS[act]
        asks = act != "undo"
        form = (ReasonForm if asks else _NoForm)(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                self.do(act, sign_up, form.cleaned_data.get("reason", ""), request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已{label}：{self.title_of(sign_up)}。")
                return HttpResponseRedirect(self.url_of("change", sign_up))
        context = {
            "title": f"{label}：{self.title_of(sign_up)}", "original": sign_up, "form": form, "sentence": sentence,
            "button": button, "back": self.url_of("change", sign_up),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def do(self, act: str, sign_up: SignUp, reason: str, actor) -> None:
        now = timezone.now()
        if act == "undo":
            seats.undo(sign_up, actor=actor, now=now)
        elif act == "withdraw":
            seats.withdraw(sign_up, reason=reason, actor=actor, now=now)
        elif act == "remove":
            seats.remove(sign_up, reason=reason, actor=actor, now=now)
        else:
            to_waiting(sign_up, reason=reason, actor=actor, now=now)

    def slip_view(self, request, object_id):
        """报名单, A5, or twice on an A4: one for him, one for the school."""
        sign_up = self.get_object(request, unquote(object_id))
        now = timezone.now()
        line = lines_for([sign_up], self.schools_of(request), now=now)[0]
        class_group = with_facts(ClassGroup.objects.filter(pk=sign_up.offering.class_group.pk))[0]
        paper = request.GET.get("paper") if request.GET.get("paper") in PAPERS else "a5"
        audit.look("print", actor=request.user, people=[sign_up.person_id], target=f"signups.signup:{sign_up.pk}",
                   request=request)  # fmt: skip
        context = {
            "frame": frame_for(request, "报名单", recall=False, back_url=self.url_of("change", sign_up)),
            "sign_up": sign_up, "words": his_words(line), "class_group": class_group,
            "facts": slip_facts(class_group, line),
            "notes": slip_notes(sign_up, class_group), "paper": paper,
            "copies": ("交本人", "学校留存") if paper == "a4" else ("交本人",),
            "by": self.source_words(sign_up),
        }  # fmt: skip
        return self.page(request, "print/university/slip.html", context)


class _NoForm(ReasonForm):
    """An act that needs no reason."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


def his_words(line) -> str:
    """Where he stands, said to himself."""
    return line.sign_up.get_state_display() if line.offer else line.words


def slip_facts(class_group, line) -> list[tuple[str, str]]:
    """The first lesson that takes place: a term may begin days before it."""
    fee = fee_words(class_group.fee if line.fee_due is None else line.fee_due)
    lesson = next(iter(sessions_of(class_group)), None)
    first = timezone.localdate(lesson.starts_at) if lesson else class_group.first_on
    return [
        ("上课时间", when_words(class_group)), ("地点", place_words(class_group)),
        ("第一次课", f"{first.year}年{first.month}月{first.day}日"), ("学费", fee),
    ]  # fmt: skip


def slip_notes(sign_up: SignUp, class_group) -> str:
    """What he has to do next, in one sentence."""
    state = sign_up.state
    if state == SignUpState.SEATED:
        pay = "请按学校通知缴费，" if class_group.fee else ""
        return f"名额已经给您留好，{pay}第一次课按时来上课。不能来请打电话退出，名额好给别人。"
    if state == SignUpState.WAITING:
        return "有人退出时按次序递补。轮到您，学校会打电话告诉您，不用来排队，也不会因为一次没打通就轮空。"
    if state == SignUpState.OFFERED:
        return "有一个名额给您留着，请在期限前答复学校要不要。"
    if state == SignUpState.APPLIED:
        return "截止以前报的机会都一样。抽签结果公布后，学校会告诉您。"
    return "这次报名已经结束。"
