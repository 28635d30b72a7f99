"""学员: the list, one student's page, somebody new."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_base import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.people.queries import reach_of
from apps.registry.wording import age_of
from apps.university.choices.students import EnrolmentState
from apps.university.forms.students import ExactForm, NewcomerForm, StudentForm
from apps.university.models import School, Student
from apps.university.queries.students import find_exactly, matching
from apps.university.services import newcomers

from .student_acts import StudentActs
from .student_corrections import StudentCorrections
from .student_filters import ClassFilter, PapersFilter, SchoolFilter, StudentKindFilter, TermFilter
from .student_page import sections_of

VIEW, ADD, CONTACT = "university.view_student", "university.add_student", "university.view_student_contact"
IN_CLASS = Q(enrolments__state=EnrolmentState.STUDYING, enrolments__voided_at__isnull=True)


@admin.register(Student)
class StudentAdmin(StudentActs, StudentCorrections, RecordAdmin):
    form = StudentForm
    add_label = "登记学员"
    empty_words = "第一次报名时自动建档；也可以在这里登记，或者导入旧名单。"
    list_display = ("name", "card_no", "kind", "age", "school_names", "class_count", "since")
    list_display_links = ("name", "card_no")
    list_filter = (SchoolFilter, StudentKindFilter, TermFilter, ClassFilter, PapersFilter)
    search_fields = ("card_no",)
    search_help_text = "姓名、拼音、卡号，手机号或身份证后四位"
    select_related_in_list = ("person",)
    select_related_in_record = ("person",)
    ordering = ("person__name_sort_key", "pk")
    sortable_by = ()

    def get_queryset(self, request):
        return super().get_queryset(request).filter(voided_at__isnull=True).select_related("person")

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asked, condition = matching(search_term)
        if asked.is_number:
            audit.look("search", actor=request.user, fields=[asked.value], request=request)
        return (queryset.filter(condition) if condition is not None else queryset.none()), False

    def people_of(self, obj):
        return [obj.pk]

    def title_of(self, obj):
        return obj.person.name

    # List

    @admin.display(description="姓名", ordering="person__name_sort_key")
    def name(self, obj):
        return obj.person.name

    @admin.display(description="年龄")
    def age(self, obj):
        return age_of(obj.person, timezone.localdate())

    @admin.display(description="就读学校")
    def school_names(self, obj):
        return "、".join(str(row.school) for row in obj.schools.all())

    @admin.display(description="在读几门")
    def class_count(self, obj):
        return obj.in_classes or ""

    @admin.display(description="建档日期")
    def since(self, obj):
        return obj.registered_on

    def get_list_rows(self, rows):
        """What the columns read, for the rows of one page."""
        return rows.prefetch_related("schools__school").annotate(in_classes=Count("enrolments", filter=IN_CLASS))

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        keys = [row.pk for row in found.result_list]
        order = {pk: place for place, pk in enumerate(keys)}
        rows = self.get_list_rows(Student.objects.filter(pk__in=keys).select_related("person"))
        found.result_list = sorted(rows, key=lambda row: order[row.pk])
        return found

    def changelist_view(self, request, extra_context=None):
        tools = []
        if request.user.has_perm(ADD):
            tools = [
                {"label": "导入学员名单", "url": reverse("admin:university_student_import")},
                {
                    "label": "打印学员卡",
                    "url": f"{reverse('admin:university_student_cards')}?{request.GET.urlencode()}",
                },
            ]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    # Addresses

    def get_urls(self):
        name = "university_student"
        own = [
            path(f"<int:pk>/{route}/", self.staff_view(view), name=f"{name}_{key}")
            for route, view, key in (
                ("papers", self.papers_view, "papers"), ("papers/<slug:kind>/print", self.paper_print_view, "paper"),
                ("card", self.card_view, "card"), ("pay", self.pay_view, "pay"),
            )
        ]  # fmt: skip
        return [
            *own,
            path("statement/<int:pk>/", self.staff_view(self.statement_view), name=f"{name}_statement"),
            path("reprice/<int:pk>/", self.staff_view(self.reprice_view), name=f"{name}_reprice"),
            path("new/", self.staff_view(self.new_view), name=f"{name}_new"),
            path("cards/", self.staff_view(self.cards_view), name=f"{name}_cards"),
            path("import/", self.staff_view(self.upload_view), name=f"{name}_import"),
            path("import/template/", self.staff_view(self.template_view), name=f"{name}_template"),
            path("import/<uuid:file>/", self.staff_view(self.batch_view), name=f"{name}_batch"),
            path("import/<uuid:file>/refused/", self.staff_view(self.refused_view), name=f"{name}_refused"),
            *super().get_urls(),
        ]

    def student_of(self, request, pk: int) -> Student:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    def schools_of(self, request, right: str = VIEW):
        return School.objects.visible_to(request.user, right).current()

    # One student

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in SAFE_METHODS or EDIT in request.GET:
            return super().change_view(request, object_id, form_url, extra_context)
        student = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, student):
            raise PermissionDenied
        request.reading_record = True
        contact = request.user.has_perm(CONTACT)
        audit.look(
            "student.see", actor=request.user, people=[student.pk], fields=["contact"] if contact else [],
            request=request, target=f"university.student:{student.pk}",
        )  # fmt: skip
        reach = reach_of([student.pk], with_phones=contact).get(student.pk)
        context = {
            "title": self.title_of(student), "original": student, "student": student, "reach": reach,
            "contact": contact, "tools": self.record_tools(request, student),
            **sections_of(student, request.user, list(self.schools_of(request)), contact),
        }  # fmt: skip
        return self.page(request, "admin/university/student_page.html", context)

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj):
            return tools
        own = [("交回材料", "papers"), ("学员卡", "card")]
        if request.user.has_perm("university.add_payment"):
            own.insert(0, ("收费", "pay"))
        return [
            *({"label": label, "url": reverse(f"admin:university_student_{key}", args=[obj.pk])} for label, key in own),
            *tools,
        ]

    def write(self, request, obj, form, change):
        obj.save(update_fields=[name for name in form.changed_data if name in StudentForm.Meta.fields] or ["level"])

    # Somebody new

    def add_view(self, request, form_url="", extra_context=None):
        """Who stands there: looked for by a whole number first, by POST, so that no number stands in an address."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ExactForm(request.POST or None)
        found, sentence = [], ""
        if request.method == "POST" and "person" in request.POST:
            return self.take_in(request)
        if request.method == "POST" and form.is_valid():
            found, sentence = find_exactly(form.cleaned_data["asked"])
            audit.look("search.outsider", actor=request.user, people=[one.pk for one in found], request=request)
        context = {
            "title": "登记学员", "form": form, "sentence": sentence, "schools": self.schools_of(request, ADD),
            "asked": request.method == "POST" and form.is_valid(), "new_url": reverse("admin:university_student_new"),
            "found": [(one, self.known_at(request, one)) for one in found],
        }  # fmt: skip
        return self.page(request, "admin/university/student_find.html", context)

    def known_at(self, request, person: Person) -> Student | None:
        """The student, where this user may open his page already."""
        return Student.objects.visible_to(request.user).filter(pk=person.pk).first()

    def take_in(self, request):
        """Somebody found becomes a student of a school; asked for again by his number, so that no key is guessed."""
        form = ExactForm(request.POST)
        school = self.schools_of(request, ADD).filter(pk=_number(request.POST.get("school"))).first()
        found = find_exactly(form.cleaned_data["asked"])[0] if form.is_valid() else []
        person = next((one for one in found if str(one.pk) == request.POST["person"]), None)
        if school is None or person is None:
            raise Http404
        try:
            student = newcomers.take_in(person, school, on=timezone.localdate(), actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(reverse("admin:university_student_add"))
        messages.success(request, f"{person.name} 已是{school}的学员，卡号 {student.card_no}。")
        return HttpResponseRedirect(self.url_of("change", student))

    def new_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewcomerForm(request.POST or None, schools=self.schools_of(request, ADD))
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                student = newcomers.register_newcomer(
                    form.facts(), values["school"], on=timezone.localdate(), actor=request.user, form_key=values["key"]
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已登记，卡号 {student.card_no}。")
                return HttpResponseRedirect(self.url_of("change", student))
        return self.act_page(
            request, form, "登记新学员", "先用身份证号或手机号找过、确实没有的，才在这里登记。",
            reverse("admin:university_student_add"),
        )  # fmt: skip

    def act_page(self, request, form, title: str, lead: str, back: str, template="admin/registry/act.html", **more):
        context = {
            "title": title, "form": form, "media": form.media, "lead": lead, "back": back,
            "list_url": reverse("admin:university_student_changelist"), "list_words": "学员",
            "buttons": [("save", form.submit_label)], **more,
        }  # fmt: skip
        return self.page(request, template, context, status=422 if form.errors else 200)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0
