"""Any list of the staff side taken out as it is filtered: its own columns, on A4 or as a workbook."""

import datetime as dt
import re

from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import ForeignKey
from django.urls import path
from django.utils.html import strip_tags

from apps.common.admin_pages import MOST_IN_WORKBOOK, MOST_ON_PAPER, moment, send_print, send_workbook

BREAK = re.compile(r"<br\s*/?>")


class WholeList(ChangeList):
    """The rows of all pages, at most `request.whole_list`; nothing is counted."""

    def get_results(self, request):
        self.result_list = self.queryset[: request.whole_list]
        self.result_count = self.full_result_count = 0
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all, self.multi_page, self.paginator = True, False, None


class ListOut:
    """Mixed into an admin before its base, which has `plain_url`. `out_order` names the order on paper;
    `people_in(row)` the persons of a row without a query of its own, for the audit."""

    out_order = ""
    out_columns: tuple[str, ...] = ()  # where other columns leave than stand in the list

    def get_changelist(self, request, **kwargs):
        return WholeList if getattr(request, "whole_list", 0) else super().get_changelist(request, **kwargs)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_listed"
        return [path("listed/", self.staff_view(self.listed_view), name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = [*self.list_tools(request), *self.out_tools(request)]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def out_tools(self, request) -> list[dict]:
        query = request.GET.copy()
        query.pop("p", None)
        address, more = self.plain_url("listed"), f"&{query.urlencode()}" if query else ""
        return [
            {"label": "打印", "url": f"{address}?as=print{more}"},
            {"label": "导出 Excel", "url": f"{address}?as=xlsx{more}"},
        ]

    def people_in(self, row) -> list[int]:
        return []

    def listed_view(self, request):
        """The list as it is filtered; the look is on record before a byte leaves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        as_file = asked.pop("as", [""])[-1] == "xlsx"
        request.GET, request.whole_list = asked, MOST_IN_WORKBOOK if as_file else MOST_ON_PAPER
        found = list(self.get_changelist_instance(request).result_list)
        names = self.out_columns or self.list_display
        columns = [str(label_for_field(name, self.model, self)) for name in names]
        rows = [[self._cell(name, row) for name in names] for row in found]
        title, target = str(self.opts.verbose_name_plural), f"{self.opts.label_lower}:list"
        people = {pk for row in found for pk in self.people_in(row) if pk}
        if as_file:
            return send_workbook(request, title, columns, rows, target=target, people=people)
        query = asked.urlencode()
        back = self.plain_url("changelist")
        return send_print(
            self, request, title, ("序号", *columns), [[number, *row] for number, row in enumerate(rows, 1)],
            back=f"{back}?{query}" if query else back, order=self.out_order, scope=f"{len(rows)} 条", target=target,
            people=people, recall=bool(people),
        )  # fmt: skip

    def _cell(self, name: str, row):
        """What stands in the list, without its tags; days and numbers stay what they are."""
        try:
            field, _, value = lookup_field(name, row, self)
        except ObjectDoesNotExist:
            return ""
        if field is not None and not isinstance(field, ForeignKey) and field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dt.datetime):
            return moment(value)
        if isinstance(value, dt.date | int):
            return value
        return strip_tags(BREAK.sub(" ", str(value))).strip()
