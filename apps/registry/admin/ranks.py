"""Ranks that the portal could not read: decided for everybody with the same words at once; and the dated table that
says which statistics column a rank counts in."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common.admin import RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of, names_of
from apps.common.errors import BusinessError
from apps.registry.choices import RankKind
from apps.registry.models import Cadre, RankColumn
from apps.registry.ranking import codes_without_column
from apps.registry.rules import read_rank
from apps.registry.services.standing import decide_ranks

CHANGE = "registry.change_cadre"
TEXTS_A_PAGE = 30
NAMES_SHOWN = 5


class CadreRanks:
    """Mixed into CadreAdminBase."""

    def unmapped(self, request):
        """People on the worklist whom the user may change."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return Cadre.objects.current().visible_to(request.user, CHANGE).filter(rank_unmapped=True)

    def ranks_view(self, request):
        """One line for each typed 职务（职级）, the most frequent first; a choice is written for all its people."""
        waiting = self.unmapped(request)
        texts = waiting.order_by().values("former_post").annotate(people=Count("pk")).order_by("-people", "former_post")
        page = Paginator(texts, TEXTS_A_PAGE).get_page(request.GET.get("p"))
        error = ""
        if request.method == "POST":
            try:
                done = self.decide_ticked(request, waiting)
            except BusinessError as refusal:
                error = refusal.sentence
            else:
                messages.success(request, f"已认定 {done:,} 位。" if done else "没有选任何一行，没有改动。")
                return HttpResponseRedirect(f"{self.plain_url('ranks')}?p={page.number}")
        context = {
            "title": "职级待认定",
            "page": page,
            "lines": self.rank_lines(request, waiting, page),
            "leader_ranks": choices_of(RankKind.LEADER),
            "grade_ranks": choices_of(RankKind.GRADE),
            "error": error,
        }
        return self.page(request, "admin/registry/ranks.html", context, status=422 if error else 200)

    def rank_lines(self, request, waiting, page) -> list[dict]:
        """Each text with its first few people and what was decided for the same words before."""
        texts = [row["former_post"] for row in page]
        names: dict[str, list] = {text: [] for text in texts}
        people = waiting.filter(former_post__in=texts).order_by("former_post", "person__name_sort_key", "pk")
        for pk, text, name in people.values_list("pk", "former_post", "person__name")[: TEXTS_A_PAGE * 40]:
            if len(names[text]) < NAMES_SHOWN:
                names[text].append((pk, name))
        before = self.decided_before(request, [text for text in texts if text])
        lines = []
        for number, row in enumerate(page):
            leader, grade, basis = self.proposal(row["former_post"], before)
            lines.append(
                {
                    "number": number,
                    "text": row["former_post"],
                    "people": row["people"],
                    "names": names[row["former_post"]],
                    "leader": request.POST.get(f"leader_{number}", leader),
                    "grade": request.POST.get(f"grade_{number}", grade),
                    "basis": basis,
                    "ticked": request.POST.get(f"take_{number}") == "1",
                }
            )
        return lines

    def proposal(self, text: str, before: dict[str, tuple[str, str]]) -> tuple[str, str, str]:
        """(领导职务层次, 职级, on what ground): what was decided for the same words, else what they say themselves."""
        if text in before:
            return (*before[text], "以前认定过")
        reading = read_rank(text)
        return reading.leader_rank, reading.grade_rank, "按原文看是" if reading.is_mapped else ""

    def decided_before(self, request, texts: list[str]) -> dict[str, tuple[str, str]]:
        """The ranks that most people with the same words have, among those the user may see."""
        rows = Cadre.objects.current().visible_to(request.user).filter(former_post__in=texts, rank_unmapped=False)
        rows = rows.exclude(leader_rank="", grade_rank="").order_by()
        counted = rows.values_list("former_post", "leader_rank", "grade_rank").annotate(people=Count("pk"))
        return {text: (leader, grade) for text, leader, grade, _ in counted.order_by("people", "leader_rank")}

    def decide_ticked(self, request, waiting) -> int:
        """Write every ticked line. All or none: a line without a choice refuses the whole."""
        chosen = []
        for number in range(TEXTS_A_PAGE):
            if request.POST.get(f"take_{number}") != "1":
                continue
            leader, grade = (request.POST.get(f"{part}_{number}", "") for part in ("leader", "grade"))
            known = leader in {"", *names_of(RankKind.LEADER)} and grade in {"", *names_of(RankKind.GRADE)}
            if not known or not (leader or grade):
                raise BusinessError(f"第 {number + 1} 行勾选了，还没有选领导职务层次或职级。")
            text = request.POST.get(f"text_{number}", "")
            chosen.append((text, {"leader_rank": leader, "grade_rank": grade}))
        with transaction.atomic():
            return sum(
                decide_ranks(waiting.filter(former_post=text), actor=request.user, **ranks) for text, ranks in chosen
            )


class RankColumnForm(RecordForm):
    class Meta:
        model = RankColumn
        fields = ("kind", "code", "column", "effective_from", "source")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            offered = [(kind.label, choices_of(kind)) for kind in RankKind]
            self.fields["code"] = forms.ChoiceField(label="职级", choices=[("", "（请选）"), *offered])

    def clean(self):
        values = super().clean()
        kind, code = values.get("kind"), values.get("code")
        if kind and code and code not in names_of(kind):
            self.add_error("code", f"这不是{RankKind(kind).label}里的一项。")
        return values


@admin.register(RankColumn)
class RankColumnAdmin(RecordAdmin):
    form = RankColumnForm
    open_to_viewers = True
    voidable = True
    add_label = "新增一行"
    list_display = ("rank", "kind", "column", "effective_from", "source", "is_voided")
    list_display_links = ("rank",)
    list_filter = ("kind", "column")
    ordering = ("-kind", "code", "-effective_from", "pk")
    sortable_by = ()
    fields = (("kind", "code"), "column", "effective_from", "source")

    @admin.display(description="职级")
    def rank(self, row) -> str:
        return names_of(row.kind).get(row.code, row.code)

    @admin.display(description="作废", boolean=True)
    def is_voided(self, row) -> bool:
        return row.voided_at is not None

    def title_of(self, obj):
        return f"{self.rank(obj)} → {obj.get_column_display()}"

    def changelist_view(self, request, extra_context=None):
        missing = [name for _, _, name in codes_without_column(timezone.localdate())]
        if missing and request.method == "GET":
            messages.info(request, f"还没有统计栏目的：{'、'.join(missing)}。这些人统计时要人工认定。")
        return super().changelist_view(request, extra_context)
