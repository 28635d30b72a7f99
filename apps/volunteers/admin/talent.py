"""银发人才: who can do it, would like to, lives near and is free then."""

from django.core.exceptions import PermissionDenied

from apps.common import audit
from apps.common.admin_lists import CappedPaginator, page_number
from apps.volunteers.forms.volunteers import TalentForm
from apps.volunteers.queries.talent import (
    SERVICES,
    SKILLS,
    TalentAsked,
    find_talent,
    reasons_of,
    when_words,
    words_of,
)

A_PAGE = 50
MOST = 2000
COLUMNS = ("姓名", "为什么合适", "专长", "愿意做的服务", "有空的时间", "志愿服务队", "书面材料")


class TalentPages:
    """Mixed into VolunteerAdmin."""

    def talent_pages(self):
        return [("talent", "talent/", self.talent_view)]

    def talent_view(self, request):
        """Looked for by what they can do, never by who they are; each look at people is logged."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TalentForm(request.GET or None)
        asked = form.asked() if form.is_bound and form.is_valid() else TalentAsked()
        rows = find_talent(self.get_queryset(request), asked).prefetch_related("times", "communities")
        kept = request.GET.copy()
        for name in ("as", "p"):
            kept.pop(name, None)
        as_what = request.GET.get("as", "")
        if as_what in ("print", "xlsx") and not asked.is_empty:
            found = self.with_words(list(rows[:MOST]))
            return self.send_rows(
                request, "银发人才", found, as_file=as_what == "xlsx", back=f"?{kept.urlencode()}",
                reasons=reasons_of(found, asked),
            )  # fmt: skip
        paginator = CappedPaginator(rows, A_PAGE, page_number=page_number(request))
        page = paginator.get_page(request.GET.get("p")) if not asked.is_empty else None
        found = self.with_words(list(page.object_list)) if page else []
        if page:
            audit.look("volunteer.talent", actor=request.user, people=[row.pk for row in found], request=request)
        reasons = reasons_of(found, asked)
        context = {
            "title": "银发人才", "form": form, "page": page, "columns": COLUMNS, "query": kept.urlencode(),
            "list_url": self.plain_url("changelist"), "asked": not asked.is_empty,
            "total": f"{'超过 ' if page and paginator.is_capped else ''}{paginator.count} 人" if page else "",
            "rows": [
                [
                    {"text": row.person.name, "url": self.url_of("change", row)}, reasons[row.pk],
                    {"text": words_of(row.skills, SKILLS), "note": row.strengths}, words_of(row.wishes, SERVICES),
                    when_words(row), self.team_words(row),
                    {"text": "", "tag": "不齐", "tone": "late", "note": row.missing} if row.missing else "齐",
                ]
                for row in found
            ],
        }  # fmt: skip
        return self.page(request, "admin/volunteers/talent.html", context, status=422 if form.errors else 200)
