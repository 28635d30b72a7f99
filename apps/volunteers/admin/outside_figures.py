"""How many posts there are, by field, kind and place; and what goes beyond the limits for associations."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import Block, day, send_print, send_workbook
from apps.volunteers.choices.posts import PlaceLevel
from apps.volunteers.models import OutsidePost
from apps.volunteers.queries import posts as counted

LEVELS = tuple(PlaceLevel.labels)
WAYS = {
    "field": ("按作用发挥领域", "领域", counted.by_field),
    "kind": ("按岗位", "岗位", counted.by_kind),
    "division": ("按区县", "区县", counted.by_division),
    "community": ("按社区", "社区", counted.by_community),
}
LIMIT_COLUMNS = ("姓名", "任职单位", "职务", "任期", "要核实的")
PAGE = 50


class PostPages:
    """Mixed into OutsidePostAdmin."""

    def counting_pages(self):
        return [("figures", "figures/", self.figures_view), ("limits", "limits/", self.limits_view)]

    def figures_view(self, request):
        """Posts of a day by the seven fields or by place, levels beside each other."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        way = request.GET.get("by", "field")
        way = way if way in WAYS else "field"
        on = _day_of(request.GET.get("on", "")) or timezone.localdate()
        name, head, count = WAYS[way]
        rows = OutsidePost.objects.visible_to(request.user, self.right("view")).on(on)
        tallies = count(rows)
        columns = (head, *LEVELS, "任职", "人数")
        lines = [[line.name, *line.by_level, line.posts, line.people] for line in tallies]
        title, target = f"社会任职：{name}", "volunteers.outsidepost:figures"
        scope = f"{on:%Y年%-m月%-d日}在任"
        asked, query = request.GET.get("as", ""), f"by={way}&on={on:%Y-%m-%d}"
        if asked == "xlsx":
            return send_workbook(request, title, columns, lines, target=target, notes=[("范围", scope)])
        if asked == "print":
            back = f"{self.plain_url('figures')}?{query}"
            return send_print(self, request, title, columns, lines, back=back, scope=scope, target=target)
        whole = tallies[-1]
        by_level = dict(zip(PlaceLevel.values, whole.by_level, strict=True))
        context = {
            "title": title, "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name,
            "tags": [(scope, "info")], "original": None,
            "tools": [
                *[{"label": words, "url": f"?by={key}&on={on:%Y-%m-%d}", "main": key == way}
                  for key, (words, *_) in WAYS.items()],
                {"label": "打印", "url": f"?{query}&as=print"}, {"label": "导出 Excel", "url": f"?{query}&as=xlsx"},
            ],
            "figures": [
                {"label": "在任职务", "value": whole.posts, "note": f"{whole.people} 人"},
                {"label": PlaceLevel.COMMUNITY.label, "value": by_level[PlaceLevel.COMMUNITY]},
                {"label": PlaceLevel.VILLAGE.label, "value": by_level[PlaceLevel.VILLAGE]},
                {"label": PlaceLevel.SOCIETY.label, "value": by_level[PlaceLevel.SOCIETY]},
            ],
            "blocks": [Block(title, columns=columns, rows=lines, empty="还没有登记社会任职。")],
        }  # fmt: skip
        return self.page(request, "admin/record_page.html", context)

    def limits_view(self, request):
        """Posts in associations that go beyond the limits for retired leading cadres, with the clause."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = OutsidePost.objects.visible_to(request.user, self.right("view"))
        found = counted.beyond_limits(rows, timezone.localdate())
        title, target = "社会团体兼职核对", "volunteers.outsidepost:limits"
        asked = request.GET.get("as", "")
        if asked in ("xlsx", "print"):
            lines, people = [_limit_line(*one) for one in found], {post.person_id for post, _ in found}
            if asked == "xlsx":
                return send_workbook(request, title, LIMIT_COLUMNS, lines, target=target, people=people)
            return send_print(
                self, request, title, LIMIT_COLUMNS, lines, back=self.plain_url("limits"), order="按拼音排列",
                scope=f"{len(lines)} 条", target=target, people=people,
            )  # fmt: skip
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        if people := sorted({post.person_id for post, _ in page.object_list}):
            audit.look("open", actor=request.user, people=people, target=target, request=request)
        lines = [_limit_line(*one) for one in page.object_list]
        for line, (post, _) in zip(lines, page.object_list, strict=True):
            line[0] = {"text": line[0], "url": self.url_of("change", post)}
        context = {
            "title": title, "columns": LIMIT_COLUMNS, "rows": lines, "page": page, "query": "",
            "total_text": f"共 {len(found)} 条", "empty_text": "都在规定以内，没有要核实的。",
            "lead": "勾了“社会团体兼职”的在任职务里，超出规定的列在这里。只提醒，不拦登记；界限在“规则和文号”里改。",
            "links": [("?as=print", "打印"), ("?as=xlsx", "导出 Excel")],
            "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/hours.html", context)


def _limit_line(post: OutsidePost, said: list[str]) -> list:
    until = day(post.ends_on) or "今"
    return [post.person.name, post.body, post.duty, f"{day(post.starts_on)}至{until}", "".join(said)]


def _day_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
