"""换班 and 并班: picked from the class, done by the services, undone within the day."""

from django.contrib import admin, messages
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.university.choices.life import Answer, MergeState
from apps.university.choices.money import RefundCause
from apps.university.forms.life import AnswerLine, ClassChangeForm
from apps.university.models import ClassChange, ClassMerge, Enrolment, Refund
from apps.university.queries.class_people import studying
from apps.university.queries.similar_classes import open_classes
from apps.university.rules.lessons import day_of
from apps.university.rules.life import UNDO
from apps.university.rules.when import fee_words
from apps.university.services.fees import difference_of, rules_for
from apps.university.services.merging_classes import carry_out, drop_merge, note_answers
from apps.university.services.moving import change_class_of, undo_change

from .life_base import LifeAdmin, class_url

# Refunds of a difference, on the enrolment that was left.
REFUNDS = Prefetch(
    "old__refunds",
    Refund.objects.filter(cause=RefundCause.CHANGE, voided_at__isnull=True).defer("account").order_by("-pk"),
    to_attr="difference_refunds",
)


@admin.register(ClassChange)
class ClassChangeAdmin(LifeAdmin):
    list_url, list_words = "admin:university_classchange_changelist", "换班记录"
    list_display = ("done_at", "who", "was", "now_in", "difference_words", "settled_words", "done_by",
                    "undone_words")  # fmt: skip
    list_display_links = ("done_at",)
    search_fields = ("old__student__person__name", "new__class_group__course__name")
    search_help_text = "学员姓名或课程"
    select_related_in_list = (
        "old__student__person", "old__class_group__course", "new__class_group__course", "done_by",
    )  # fmt: skip
    select_related_in_record = ("old__class_group__course", "new__class_group__course", "old__student__person")
    fields = ("old", "new", "reason", "difference_words", "settled_words", "done_at", "done_by", "undone_at")
    ordering = ("-done_at", "-pk")
    sortable_by = ()
    empty_words = "从班级页按“换班”办；办过的记在这里。"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(REFUNDS)

    def people_of(self, obj):
        return [obj.old.student_id]

    @admin.display(description="学员")
    def who(self, change):
        return str(change.old.student.person)

    @admin.display(description="原来的班")
    def was(self, change):
        return str(change.old.class_group)

    @admin.display(description="换到")
    def now_in(self, change):
        return str(change.new.class_group)

    @admin.display(description="差额")
    def difference_words(self, change):
        if not change.difference:
            return "没有"
        return f"{'补缴' if change.difference > 0 else '退还'} {abs(change.difference)} 元"

    @admin.display(description="办到哪一步")
    def settled_words(self, change):
        """Told by the fee that is still owed and by the refund, never typed."""
        if change.undone_at:
            return "已撤回，学费跟着回去了"
        if change.difference < 0:
            refund = next(iter(change.old.difference_refunds), None)
            return f"退费{refund.get_state_display()}（{refund.moved_on}）" if refund else "退费还没有登记"
        if not change.new.owes:
            return "已缴清" if change.new.fee_due else ""
        return f"还差 {change.new.owes} 元" + (f"，{change.new.pay_by} 前缴" if change.new.pay_by else "")

    @admin.display(description="撤回")
    def undone_words(self, change):
        return "已撤回" if change.undone_at else ""

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_work(request) and not obj.undone_at and timezone.now() <= obj.done_at + UNDO:
            tools.insert(0, {"label": "撤回换班", "url": reverse("admin:university_classchange_undo", args=[obj.pk])})
        return [*self.money_tools(request, obj), *tools]

    def money_tools(self, request, change) -> list[dict]:
        """Where the difference is settled."""
        tools = []
        if change.new.owes and request.user.has_perm("university.add_payment"):
            url = reverse("admin:university_student_pay", args=[change.new.student_id])
            tools.append({"label": "收差额", "url": url})
        if change.old.difference_refunds and request.user.has_perm("university.view_refund"):
            url = reverse("admin:university_refund_change", args=[change.old.difference_refunds[0].pk])
            tools.append({"label": "差额退费", "url": url})
        return tools

    def get_urls(self):
        name = "university_classchange"
        pages = [
            path("class/<int:pk>/", self.staff_view(self.pick_view), name=f"{name}_pick"),
            path("move/<int:pk>/", self.staff_view(self.move_view), name=f"{name}_move"),
            path("<int:pk>/undo/", self.staff_view(self.undo_view), name=f"{name}_undo"),
        ]
        return pages + super().get_urls()

    def pick_view(self, request, pk: int):
        """Whose class is to be changed."""
        group = self.class_of(request, pk, right="university.view_enrolment")
        rows = list(studying(group))
        audit.look(
            "open", actor=request.user, people=[row.student_id for row in rows],
            target=f"university.classgroup:{group.pk}", request=request,
        )  # fmt: skip
        may = self.may_work(request)
        context = {
            "title": f"换班：{group}", "columns": ("姓名", "卡号", "应缴", "已缴（元）"),
            "lead": "点要换班的学员。换班占用别班的空名额，那个班有人候补就不能换。",
            "rows": [
                (
                    {
                        "text": str(row.student.person),
                        "url": reverse("admin:university_classchange_move", args=[row.pk]) if may else "",
                    },
                    row.student.card_no, fee_words(row.fee_due), f"{row.paid:.2f}",
                )
                for row in rows
            ],
            "crumbs": [(class_url(group), str(group))], "empty_text": "这个班还没有学员。", "links": [],
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)

    def move_view(self, request, pk: int):
        right = self.right("change")
        self.allowed(request, right)
        rows = Enrolment.objects.current().visible_to(request.user, right)
        row = self.found(
            rows.select_related("class_group__course", "class_group__school__unit", "student__person", "sign_up"), pk
        )
        group = row.class_group
        mine = open_classes(group).visible_to(request.user, right).filter(free__gt=0).prefetch_related("slots")
        today, rules = day_of(timezone.now()), {}

        def money(one):
            if one.school_id not in rules:
                rules[one.school_id] = rules_for(one, today)
            return difference_of(row, one, today, rules=rules[one.school_id]).words

        classes = mine.select_related("school__unit").order_by("course__name", "code", "pk")
        form = ClassChangeForm(posted(request), classes=classes, money=money)

        def perform(values):
            change = change_class_of(
                row, values["target"], reason=values["reason"], actor=request.user, now=timezone.now(),
                form_key=values["form_key"],
            )  # fmt: skip
            if change.difference > 0:
                return f"换好了。还要补缴 {change.difference} 元，请到收费窗口缴。"
            if change.difference < 0:
                return f"换好了。退差额 {-change.difference} 元，已登记退费，请打印退费申请表签字。"
            return "换好了，学费不变。"

        audit.look(
            "open",
            actor=request.user,
            people=[row.student_id],
            target=f"university.enrolment:{row.pk}",
            request=request,
        )
        return self.act(
            request, form, perform, title=f"换班：{row.student.person}",
            lead=f"现在在 {group.school} {group}，学费 {fee_words(row.fee_due)}，已缴 {row.paid} 元。"
            "已缴的学费跟着转到新的班，多退少补。换好后一天内可以撤回。", button="换班",
            back=class_url(group), list_url=reverse(self.list_url),
        )  # fmt: skip

    def undo_view(self, request, pk: int):
        change = self.row_of(request, pk, right=self.right("change"))
        error = ""
        if request.method == "POST":
            try:
                undo_change(change, actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                error = refusal.sentence
            else:
                return self.back_with(request, "已撤回，他回到原来的班。", self.url_of("change", change))
        context = {
            "title": "撤回换班", "error": error,
            "question": f"让{change.old.student.person}回到“{change.old.class_group}”？",
            "detail": f"现在在“{change.new.class_group}”。原来的名额还空着、没有人候补才能撤回。"
            "学费跟着回去，没有送财务的差额退费同时撤回。", "button": "撤回换班",
            "cancel_url": self.url_of("change", change), "list_url": reverse(self.list_url),
            "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context, status=422 if error else 200)


@admin.register(ClassMerge)
class ClassMergeAdmin(LifeAdmin):
    list_url, list_words = "admin:university_classmerge_changelist", "并班"
    list_display = ("asked_at", "source", "class_group", "state", "reason", "asked_by")
    list_filter = ("state",)
    select_related_in_list = ("source__course", "class_group__course", "asked_by")
    select_related_in_record = ("source__course", "source__school", "class_group__course", "class_group__school")
    fields = ("source", "class_group", "state", "reason", "asked_at", "asked_by", "done_at")
    ordering = ("-asked_at", "-pk")
    sortable_by = ()
    empty_words = "人数不够的班，从班级页按“并到别的班”开始征求意见。"

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if request.user.has_perm("university.view_student"):
            tools.insert(
                0, {"label": "每位学员的答复", "url": reverse("admin:university_classmerge_answers", args=[obj.pk])}
            )
        return tools

    def get_urls(self):
        page = path("<int:pk>/answers/", self.staff_view(self.answers_view), name="university_classmerge_answers")
        return [page, *super().get_urls()]

    def answers_view(self, request, pk: int):
        """Who agrees; when all were asked, the merge is carried out here, or dropped."""
        self.allowed(request, "university.view_student")
        merge = self.row_of(request, pk)
        may = self.may_work(request) and merge.state == MergeState.ASKING
        data = posted(request)
        lines = list(
            merge.answers.select_related("enrolment__student__person")
            .prefetch_related("enrolment__student__person__phones")
            .order_by("enrolment__student__person__name_sort_key", "pk")
        )
        forms = {
            line.pk: AnswerLine(data, prefix=f"m{line.pk}", initial={"answer": line.answer, "note": line.note})
            for line in lines
        }
        if data is not None:
            self.allowed(request, self.right("change"))
            if all(form.is_valid() for form in forms.values()) and self.save(request, merge, forms, data):
                return HttpResponseRedirect(request.path)
        audit.look(
            "open", actor=request.user, people=[line.enrolment.student_id for line in lines],
            fields=["phone"] if may else [], target=f"university.classmerge:{merge.pk}", request=request,
        )  # fmt: skip
        context = {
            "title": f"并班答复：{merge}", "columns": ("姓名", "卡号", "电话"),
            "fields": ("答复", "说明") if may else (),
            "lead": f"原因：{merge.reason}。逐个打电话问，都答复了再并。"
            f"同意的转到“{merge.class_group}”，不同意的全额退费。",
            "may_enter": may, "form": None,
            "rows": [answer_row(line, forms[line.pk] if may else None) for line in lines],
            "buttons": [("save", "保存答复"), ("carry", "保存，并班"), ("drop", "不并了")],
            "links": [(class_url(merge.source), "返回")],
            "crumbs": [(reverse(self.list_url), "并班"), (class_url(merge.source), str(merge.source))],
            "empty": {"title": "要并的班里没有学员", "text": "没有人要问，可以直接取消开班。"},
        }  # fmt: skip
        return self.page(request, "admin/university/grid.html", context, status=422 if data is not None else 200)

    def save(self, request, merge, forms, data) -> bool:
        answers = [(pk, form.cleaned_data["answer"], form.cleaned_data["note"]) for pk, form in forms.items()]
        actor, now = request.user, timezone.now()
        try:
            if "drop" in data:
                drop_merge(merge, actor=actor, now=now)
                messages.success(request, "不并了，两个班照原来上。")
                return True
            note_answers(merge, answers, actor=actor, now=now)
            if "carry" in data:
                messages.success(
                    request, f"并好了：{carry_out(merge, actor=actor, now=now)} 位转了过去，其余全额退费。"
                )
            else:
                messages.success(request, "答复存好了。")
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        return True


def answer_row(line, form) -> dict:
    person = line.enrolment.student.person
    name, phones = person.name, sorted(person.phones.all(), key=lambda phone: (phone.position, phone.pk))
    shown = "、".join(phone.number for phone in phones[:2]) if form is not None else ""
    cells = [name, line.enrolment.student.card_no, shown]
    note = "" if form is not None else (line.get_answer_display() or "没有答复")
    return {
        "name": name,
        "cells": cells,
        "form": form,
        "note": note,
        "tone": "done" if line.answer == Answer.YES else "",
    }
