"""可能重复的人: pairs found by keys, compared side by side, dismissed or proposed for merging."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.services import start_job
from apps.ledgers.comparing import Line, chosen_words, compare, left_words, moved_words, side_of
from apps.ledgers.forms.merging import HIGH, LOW, MergeForm, ReasonOnly
from apps.ledgers.queries.twins import merges_for, pairs_for
from apps.ledgers.services import merging
from apps.ledgers.services.twins import FIND
from apps.people.choices import MergeState, TwinReason
from apps.people.models import PersonMerge, TwinPair

from .filters import DefaultFilter

PROPOSE, MERGE = "people.add_personmerge", "registry.merge_people"


class PairFilter(DefaultFilter):
    default_label = "等核对的"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("dismissed", "已认定是两个人"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "dismissed":
            return queryset.filter(dismissed_at__isnull=False)
        return queryset.waiting()


class ReasonFilter(admin.SimpleListFilter):
    title, parameter_name = "为什么像", "why"

    def lookups(self, request, model_admin):
        return TwinReason.choices

    def queryset(self, request, queryset):
        return queryset.filter(reasons__contains=[self.value()]) if self.value() in TwinReason.values else queryset


@admin.register(TwinPair)
class TwinPairAdmin(RecordAdmin):
    empty_words = "名册里没有发现可能登记了两次的人。每天夜里自动查一遍，也可以点“马上查一遍”。"
    list_display = ("names", "why", "born", "units", "found_on", "state_words")
    list_display_links = ("names",)
    list_filter = (PairFilter, ReasonFilter)
    search_fields = ("low__name", "high__name")
    search_help_text = "姓名"
    select_related_in_list = (
        "low__cadre__managing_unit",
        "high__cadre__managing_unit",
    )
    select_related_in_record = ("low", "high", "dismissed_by")
    ordering = ("-score", "low_id", "high_id")
    sortable_by = ()

    def has_add_permission(self, request):
        return False

    def rows_for(self, user, permission):
        return pairs_for(user, permission)

    def may_change(self, request, obj):
        return obj is not None and pairs_for(request.user, self.right("change")).filter(pk=obj.pk).exists()

    def people_of(self, obj):
        return [obj.low_id, obj.high_id]

    def title_of(self, obj):
        return f"是不是同一个人：{self.names(obj)}"

    # List

    @admin.display(description="两份登记")
    def names(self, obj):
        return obj.low.name if obj.low.name == obj.high.name else f"{obj.low.name}、{obj.high.name}"

    @admin.display(description="为什么像")
    def why(self, obj):
        return "；".join(TwinReason(reason).label for reason in obj.reasons)

    @admin.display(description="出生日期")
    def born(self, obj):
        dates = [person.birth_date.display() if person.birth_date else "不详" for person in (obj.low, obj.high)]
        return "、".join(dict.fromkeys(dates))

    @admin.display(description="管理单位")
    def units(self, obj):
        return "、".join(dict.fromkeys(_unit_of(person) for person in (obj.low, obj.high)))

    @admin.display(description="情况")
    def state_words(self, obj):
        if obj.dismissed_at:
            return f"两个人：{obj.dismiss_reason}"
        return "不再相像" if obj.gone_on else format_html('<span class="tag soon">{}</span>', "等核对")

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "重复的人合并", "url": reverse("admin:people_personmerge_changelist")}]
        if request.user.has_perm(self.right("change")):
            tools.insert(0, {"label": "马上查一遍", "url": reverse("admin:people_twinpair_find")})
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    # Pages

    def get_urls(self):
        return [
            path("find/", self.staff_view(self.find_view), name="people_twinpair_find"),
            path("<path:object_id>/dismiss/", self.staff_view(self.dismiss_view), name="people_twinpair_dismiss"),
            *super().get_urls(),
        ]

    def find_view(self, request):
        """Look for pairs now; a worker does it."""
        if not request.user.has_perm(self.right("change")):
            raise PermissionDenied
        back = reverse("admin:people_twinpair_changelist")
        if request.method == "POST":
            start_job(FIND, "查找可能重复的人", actor=request.user, params={})
            messages.success(request, "已开始查找，一般一两分钟。过一会儿刷新这一页。")
            return HttpResponseRedirect(back)
        context = {
            "title": "马上查一遍", "form": None, "back": back, "buttons": [("save", "开始查找")],
            "lead": "按姓名、拼音、出生日期、电话和证号末四位，把全部登记比一遍。已经认定是两个人的不再列出。",
            "list_url": back, "list_words": "可能重复的人",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Both entries side by side; sent, the merge is proposed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pair = self.get_object(request, unquote(object_id))
        low, high = side_of(pair.low), side_of(pair.high)
        lines = compare(low, high)
        may_propose = merges_pair(request.user, pair, PROPOSE) and pair.dismissed_at is None
        if request.method == "POST" and not may_propose:
            raise PermissionDenied
        differing = [line.fact for line in lines if not line.same]
        form = MergeForm(
            request.POST if request.method == "POST" else None,
            differing=differing,
            initial=first_choice(lines, low, high),
        )
        if request.method == "POST" and form.is_valid():
            row = self.propose(request, pair, form)
            if row is not None:
                messages.success(request, "已提出合并，等另一位同志复核。")
                return HttpResponseRedirect(reverse("admin:people_personmerge_change", args=[row.pk]))
        audit.look(
            "open", actor=request.user, people=self.people_of(pair), fields=["twins"], target=self._target(pair),
            request=request,
        )  # fmt: skip
        fields = {fact.key: form[fact.key] for fact in differing}
        winner, loser = (pair.low, pair.high)
        context = {
            "title": self.title_of(pair), "original": pair, "pair": pair, "form": form, "may_propose": may_propose,
            "why": self.why(pair), "sides": [low, high],
            "lines": [(line, fields.get(line.fact.key)) for line in lines],
            "stops": merging.conflicts(winner, loser, timezone.localdate()) if not pair.dismissed_at else [],
            "links": [_person_url(person) for person in (pair.low, pair.high)],
            "dismiss_url": self.url_of("dismiss", pair), "may_dismiss": self.may_change(request, pair),
            "waiting": PersonMerge.objects.filter(
                state=MergeState.PROPOSED, loser__in=[pair.low, pair.high]
            ).first(),
        }  # fmt: skip
        status = 422 if form.errors else 200
        return self.page(request, "admin/ledgers/twin_pair.html", context, status=status)

    def propose(self, request, pair: TwinPair, form: MergeForm) -> PersonMerge | None:
        stays = form.cleaned_data["stays"]
        winner, loser = (pair.low, pair.high) if stays == LOW else (pair.high, pair.low)
        try:
            return merging.propose(
                winner, loser, chosen=form.chosen(), reason=form.cleaned_data["reason"], actor=request.user,
                on=timezone.localdate(),
            )  # fmt: skip
        except BusinessError as refusal:
            form.refuse(refusal)
            return None

    def dismiss_view(self, request, object_id):
        """Two people after all; or, dismissed by mistake, one to be looked at again."""
        pair = self.changeable_object(request, object_id)
        again = pair.dismissed_at is not None
        form = ReasonOnly(request.POST if request.method == "POST" else None)
        if again:
            form.fields.pop("reason")
        if request.method == "POST" and form.is_valid():
            try:
                if again:
                    merging.take_up_again(pair, actor=request.user)
                else:
                    merging.dismiss(pair, reason=form.cleaned_data["reason"], actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已重新列入。" if again else "已记下是两个人，以后不再列出。")
                return HttpResponseRedirect(reverse("admin:people_twinpair_changelist"))
        context = {
            "title": "重新列入核对" if again else "认定是两个人", "original": pair, "form": form,
            "lead": f"原来的理由：{pair.dismiss_reason}" if again else f"{self.title_of(pair)}（{self.why(pair)}）",
            "back": self.url_of("change", pair), "buttons": [("save", "确定")],
            "list_url": reverse("admin:people_twinpair_changelist"), "list_words": "可能重复的人",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)


def merges_pair(user, pair: TwinPair, permission: str) -> bool:
    return pairs_for(user, permission).filter(pk=pair.pk).exists()


def first_choice(lines: list[Line], low, high) -> dict:
    """The entry on which more hangs stays, a cadre before somebody who is none; a fact comes from the one that says
    something."""
    stays = LOW
    if (high.cadre is not None, high.total) > (low.cadre is not None, low.total):
        stays = HIGH
    return {"stays": stays} | {line.fact.key: line.better or stays for line in lines if not line.same}


def _unit_of(person) -> str:
    cadre = getattr(person, "cadre", None)
    return (cadre.managing_unit.short_name or cadre.managing_unit.name) if cadre else "不是老干部登记"


def _person_url(person) -> str:
    return reverse("admin:registry_cadre_change", args=[person.pk]) if hasattr(person, "cadre") else ""


ACTS = {"agree": "同意合并", "refuse": "不同意", "undo": "撤销合并"}


@admin.register(PersonMerge)
class PersonMergeAdmin(RecordAdmin):
    """Each merge: who proposed it, who looked again, what moved, and its undoing."""

    empty_words = "在“可能重复的人”里比对以后提出的合并，会列在这里等复核。"
    list_display = ("names", "state_words", "proposed", "decided", "reason")
    list_display_links = ("names",)
    list_filter = ("state",)
    search_fields = ("winner__name", "loser__name")
    search_help_text = "姓名"
    select_related_in_list = ("winner", "loser", "proposed_by", "decided_by")
    select_related_in_record = ("winner", "loser", "proposed_by", "decided_by", "undone_by", "before")
    ordering = ("-proposed_at", "-pk")
    sortable_by = ()

    def has_add_permission(self, request):
        return False

    def rows_for(self, user, permission):
        return merges_for(user, permission)

    def may_change(self, request, obj):
        return False

    def people_of(self, obj):
        return [obj.winner_id, obj.loser_id]

    def title_of(self, obj):
        return f"合并：{obj.winner.name}"

    @admin.display(description="两份登记")
    def names(self, obj):
        return obj.winner.name if obj.winner.name == obj.loser.name else f"{obj.loser.name} 并入 {obj.winner.name}"

    @admin.display(description="情况")
    def state_words(self, obj):
        tones = {MergeState.PROPOSED: "soon", MergeState.DONE: "done"}
        return format_html('<span class="tag {}">{}</span>', tones.get(obj.state, ""), obj.get_state_display())

    @admin.display(description="提出")
    def proposed(self, obj):
        return f"{obj.proposed_by}　{timezone.localtime(obj.proposed_at):%m-%d}"

    @admin.display(description="复核")
    def decided(self, obj):
        return f"{obj.decided_by}　{timezone.localtime(obj.decided_at):%m-%d}" if obj.decided_at else ""

    def get_urls(self):
        view = self.staff_view(self.decide_view)
        return [path("<path:object_id>/decide/", view, name="people_personmerge_decide"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        return self.merge_page(request, self.get_object(request, unquote(object_id)))

    def merge_page(self, request, row: PersonMerge, error: str = ""):
        winner, loser = side_of(row.winner), side_of(row.loser)
        chosen = set(row.chosen)
        waits = row.state == MergeState.PROPOSED
        may_merge = merges_for(request.user, MERGE).filter(pk=row.pk).exists()
        acts = []
        if may_merge and waits:
            acts = ["refuse"] if row.proposed_by_id == request.user.pk else ["agree", "refuse"]
        if may_merge and merging.can_undo(row, timezone.now()):
            acts = ["undo"]
        audit.look(
            "open", actor=request.user, people=self.people_of(row), fields=["merge"], target=self._target(row),
            request=request,
        )  # fmt: skip
        context = {
            "title": self.title_of(row), "original": row, "merge": row, "sides": [winner, loser],
            "lines": [(line, line.fact.key in chosen) for line in compare(winner, loser)] if waits else [],
            "stops": merging.conflicts(row.winner, row.loser, timezone.localdate()) if waits else [],
            "moved": moved_words(row), "left": left_words(row), "chosen": chosen_words(row),
            "acts": [(act, ACTS[act]) for act in acts], "own": may_merge and row.proposed_by_id == request.user.pk,
            "decide_url": self.url_of("decide", row), "error": error, "reason": request.POST.get("reason", ""),
            "links": [_person_url(person) for person in (row.winner, row.loser)],
        }  # fmt: skip
        return self.page(request, "admin/ledgers/person_merge.html", context, status=422 if error else 200)

    def decide_view(self, request, object_id):
        row = self.get_object(request, unquote(object_id))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", row))
        act = request.POST.get("act")
        if act not in ACTS or not merges_for(request.user, MERGE).filter(pk=row.pk).exists():
            raise PermissionDenied
        reason = request.POST.get("reason", "")
        try:
            if act == "agree":
                merging.carry_out(row, actor=request.user, now=timezone.now())
                words = "已合并。并入的那一份作废，旧的网址会转到保留的这一份。"
            elif act == "refuse":
                merging.refuse(row, reason=reason, actor=request.user)
                words = "已记下不同意，两份登记都不动。"
            else:
                row = merging.undo(row, reason=reason, actor=request.user, now=timezone.now())
                words = "已撤销，两份登记恢复原样。" if not row.left else "已撤销；后来改过的没有移回，列在下面。"
        except BusinessError as refusal:
            row.refresh_from_db()
            return self.merge_page(request, row, refusal.sentence)
        messages.success(request, words)
        return HttpResponseRedirect(self.url_of("change", row))
