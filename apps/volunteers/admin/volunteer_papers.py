"""材料不齐的: whose papers are wanting or run out; and the blank forms to print."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from apps.common import audit
from apps.common.admin_lists import CappedPaginator
from apps.common.admin_pages import day
from apps.common.printing import frame_for
from apps.registry.wording import age_of
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.queries.papers import ending, lacking, warn_days
from apps.volunteers.queries.talent import SERVICES, SKILLS, words_of
from apps.volunteers.queries.volunteers import papers_of, stands

A_PAGE = 50
MOST = 2000
REGISTER = "register"
# 保险凭证 comes from the insurer.
BLANKS = {
    REGISTER: "志愿者登记表", StatementKind.WILLING.value: "自愿服务承诺书",
    StatementKind.HEALTH.value: "身体状况说明", StatementKind.FAMILY.value: "家属知情同意书",
}  # fmt: skip
COLUMNS = ("姓名", "年龄", "志愿服务队", "还缺什么", "快到期的")


class PaperPages:
    """Mixed into VolunteerAdmin."""

    def paper_pages(self):
        return [
            ("papers", "papers/", self.papers_view),
            ("empty", "blank/<slug:kind>/", self.empty_view),
            ("blanks", "<path:object_id>/blanks/", self.blanks_view),
            ("blank", "<path:object_id>/blank/<slug:kind>/", self.blank_view),
        ]

    def papers_view(self, request):
        """Those to whom nothing may be given yet, and those whose papers run out soon."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        days = warn_days(today)
        rows = self.get_queryset(request).active().filter(person__life_status="living").select_related("person", "unit")
        soon = request.GET.get("show") == "ending"
        chosen = ending(rows, today, days) if soon else lacking(rows, today)
        title = f"材料{days}天内到期的志愿者" if soon else "材料不齐的志愿者"
        if request.GET.get("as") in ("print", "xlsx"):
            found = self.with_words(list(chosen[:MOST].prefetch_related("times", "communities")))
            back = f"?show={'ending' if soon else 'lacking'}"
            return self.send_rows(request, title, found, as_file=request.GET["as"] == "xlsx", back=back)
        page = CappedPaginator(chosen, A_PAGE).get_page(request.GET.get("p"))
        found = self.with_words(list(page.object_list))
        papers = papers_of([row.pk for row in found])
        audit.look(
            "volunteer.papers", actor=request.user, people=[row.pk for row in found], request=request
        )  # fmt: skip
        last = today + dt.timedelta(days=days)
        context = {
            "title": title, "page": page, "list_url": self.plain_url("changelist"), "soon": soon, "days": days,
            "columns": COLUMNS, "query": f"show={'ending' if soon else 'lacking'}",
            "rows": [
                [
                    {"text": row.person.name, "url": self.url_of("change", row)}, age_of(row.person, today),
                    self.team_words(row), row.missing,
                    "、".join(
                        f"{one.get_kind_display()}（{day(one.ends_on)}）"
                        for one in papers.get(row.pk, ()) if stands(one, today) and one.ends_on and one.ends_on <= last
                    ),
                ]
                for row in found
            ],
            "blanks": [(label, self.plain_url("empty", kind)) for kind, label in BLANKS.items()],
        }  # fmt: skip
        return self.page(request, "admin/volunteers/papers.html", context)

    def blanks_view(self, request, object_id):
        """Which blank form to print for him."""
        volunteer = self.readable(request, object_id)
        context = {
            "title": f"打印空白表：{self.title_of(volunteer)}", "back": self.url_of("change", volunteer),
            "blanks": [
                (label, self.plain_url("blank", volunteer.pk, kind)) for kind, label in BLANKS.items()
            ],
            "list_url": self.plain_url("changelist"),
        }  # fmt: skip
        return self.page(request, "admin/volunteers/blanks.html", context)

    def blank_view(self, request, object_id, kind: str):
        """One form with his name on it."""
        volunteer = self.readable(request, object_id)
        label = BLANKS.get(kind)
        if label is None:
            raise Http404
        audit.look("print", actor=request.user, people=[volunteer.pk], reason=label, request=request)
        person = volunteer.person
        filled = {
            "姓名": person.name, "性别": {"1": "男", "2": "女"}.get(person.sex, ""),
            "出生": person.birth_date.display() if person.birth_date else "",
            "专长": words_of(volunteer.skills, SKILLS), "愿意做的服务": words_of(volunteer.wishes, SERVICES),
        }  # fmt: skip
        return self.form_page(request, kind, label, self.url_of("blanks", volunteer), filled, volunteer.unit)

    def empty_view(self, request, kind: str):
        """One form with nobody's name, for a table at the door."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        label = BLANKS.get(kind)
        if label is None:
            raise Http404
        return self.form_page(request, kind, label, self.plain_url("papers"), {}, None)

    def form_page(self, request, kind: str, label: str, back: str, filled: dict, unit):
        frame = frame_for(request, label, back_url=back, recall=bool(filled))
        context = {"frame": frame, "kind": kind, "filled": filled, "unit": unit or request.user.unit}
        return self.page(request, "print/volunteers/blank.html", context)
