"""What the staff pages of outside posts and their logs share: rows of the user's units, found by person, taken out on
paper and as a workbook."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from apps.common.admin_pages import PageRecordAdmin, send_print, send_workbook
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.volunteers.queries.elders import unit_for
from apps.volunteers.services.posts import unit_of

from .elders import picked
from .links import person_link
from .person_search import by_person

NOBODY = "他不是老干部名册里的人，或者没有登记管理单位。遗属、其他老人请点“给其他老人登记”。"


class CodeFilter(admin.SimpleListFilter):
    """A code list as a filter; subclasses say `title`, `parameter_name` (the column) and `code_list`."""

    code_list = ""

    def lookups(self, request, model_admin):
        return list(names_of(self.code_list).items())

    def queryset(self, request, queryset):
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class ShownFilter(admin.SimpleListFilter):
    """Without a choice `first`; voided rows stand under 已作废 only."""

    title, parameter_name = "状态", "state"
    first, others = "全部", ()

    def lookups(self, request, model_admin):
        return [*self.others, ("void", "已作废")]

    def choices(self, changelist):
        head, *rest = super().choices(changelist)
        yield {**head, "display": self.first}
        yield from rest

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        return self.narrow(queryset.filter(voided_at__isnull=True), self.value() or "")

    def narrow(self, rows, value: str):
        return rows


class OutsideRecord(PageRecordAdmin):
    """`person_path` names the person that a record is about; `sheet_columns` are the headings of its list on paper and
    `sheet_row` one line of it."""

    has_page = True
    person_path = "person"
    elsewhere = "他不在您的管理范围内。"
    search_fields = ("person__name",)
    search_help_text = "姓名、拼音，手机号或身份证后四位"
    select_related_in_list: tuple[str, ...] = ("person",)
    sheet_columns: tuple[str, ...] = ()
    sheet_title = ""

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, self.person_path), False

    def people_of(self, obj):
        return [getattr(obj, f"{self.person_path}_id")]

    def title_of(self, obj):
        return f"{getattr(obj, self.person_path).name}：{obj}"

    @admin.display(description="老同志")
    def who(self, obj):
        return getattr(obj, self.person_path).name

    def linked(self, request, obj):
        """The person's name, leading to his page in the registry where the user may see it."""
        return person_link(request.user, getattr(obj, self.person_path))

    def write(self, request, obj, form, change):
        person = getattr(obj, self.person_path)
        if obj.unit_id is None:
            obj.unit_id = unit_of(person)
        if obj.unit_id is None and person == picked(request):
            obj.unit = unit_for(person, set(request.user.reach(self.right("add"))))
        if obj.unit_id is None:
            raise BusinessError(NOBODY, code="unit", field=self.person_path)
        self.require_unit(request, obj, change)
        self.store(request, obj, form)

    def store(self, request, obj, form) -> None:
        obj.save()

    def pressed(self, request, obj, form, *, service, title: str, done: str, lead: str = "", button: str):
        """An act on a record by its service, with what the form says."""
        return self.one_act(
            request, obj, form, title=title, lead=lead, done=done, button=button,
            perform=lambda values: service(obj, actor=request.user, **values),
        )  # fmt: skip

    # The list on paper

    def list_tools(self, request):
        query = self.query_of(request)
        address = self.plain_url("sheet")
        return [
            {"label": "打印", "url": f"{address}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{address}?as=xlsx{query}"},
        ]

    def extra_pages(self):
        return [("sheet", "sheet/", self.sheet_view)]

    def sheet_view(self, request):
        """The list as it is filtered: to print, or as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        query = self.query_of(request).replace("&as=print", "").replace("&as=xlsx", "").lstrip("&")
        found = list(self.filtered_rows(request).select_related(*self.select_related_in_list))
        people = {pk for row in found for pk in self.people_of(row)}
        rows = [self.sheet_row(row) for row in found]
        target = f"{self.opts.label_lower}:list"
        if as_file:
            return send_workbook(request, self.sheet_title, self.sheet_columns, rows, target=target, people=people)
        back = self.plain_url("changelist") + (f"?{query}" if query else "")
        return send_print(
            self, request, self.sheet_title, ("序号", *self.sheet_columns),
            [[number, *row] for number, row in enumerate(rows, 1)], back=back, order=self.sheet_order,
            scope=f"{len(rows)} 条", target=target, people=people,
        )  # fmt: skip

    sheet_order = "按日期排列，新的在前"

    def sheet_row(self, obj) -> list:
        return []
