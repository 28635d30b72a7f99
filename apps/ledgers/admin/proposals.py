"""服务等级建议: what speaks for another tier, with its reasons and what is new; decided one by one or together."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import Block, day, refuse
from apps.common.errors import BusinessError
from apps.ledgers.choices import Level, Reason
from apps.ledgers.forms.cases import ProposalBatchForm, ProposalForm
from apps.ledgers.models import TierAdvice
from apps.ledgers.queries.assessments import latest_two, score_words, what_changed
from apps.ledgers.queries.proposals import change_words, proposal_of
from apps.ledgers.services.tiers import decide_tier, decide_tiers
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

from .case_base import VIEW_HEALTH, OfCadreRecord
from .filters import DefaultFilter, MineFilter, UnitOfCadreFilter
from .groups import DECIDE

MOST_TICKED = 200


class ProposedFilter(admin.SimpleListFilter):
    title, parameter_name = "建议定为", "level"

    def lookups(self, request, model_admin):
        return [(str(value), label) for value, label in Level.choices]

    def queryset(self, request, queryset):
        return queryset.filter(level=int(self.value())) if self.value() in {"1", "2", "3"} else queryset


class DirectionFilter(DefaultFilter):
    default_label = "全部"
    title, parameter_name = "变化", "way"

    def lookups(self, request, model_admin):
        return [("new", "还没定级"), ("up", "提高"), ("down", "降低")]

    def queryset(self, request, queryset):
        decided = Q(cadre__care_tier__isnull=False, cadre__care_tier__voided_at__isnull=True)
        conditions = {
            "new": ~decided,
            "up": decided & Q(level__lt=F("cadre__care_tier__level")),
            "down": decided & Q(level__gt=F("cadre__care_tier__level")),
        }
        return queryset.filter(conditions[self.value()]) if self.value() in conditions else queryset


class ReasonFilter(admin.SimpleListFilter):
    title, parameter_name = "理由", "reason"

    def lookups(self, request, model_admin):
        return Reason.choices

    def queryset(self, request, queryset):
        return queryset.filter(reasons__contains=[self.value()]) if self.value() in Reason.values else queryset


@admin.register(TierAdvice)
class TierAdviceAdmin(OfCadreRecord):
    """Proposals come from facts and go with the decision; nobody types them."""

    list_display = ("who", "unit", "now_words", "proposed_words", "reason_words", "changed_words", "when")
    list_display_links = ("proposed_words",)
    list_filter = (DirectionFilter, ProposedFilter, ReasonFilter, MineFilter, UnitOfCadreFilter)
    select_related_in_list = select_related_in_record = (*OfCadreRecord.select_related_in_list, "cadre__care_tier")
    ordering = ("level", "cadre__managing_unit__path", "pk")
    actions = ("accept_ticked",)
    empty_words = "评估、健康、居住情况有变化，和现在定的等级不一致时，建议列在这里。"

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def title_of(self, obj):
        return f"服务等级建议：{obj.cadre.person.name}"

    def proposal(self, obj):
        return proposal_of(obj, getattr(obj.cadre, "care_tier", None))

    @admin.display(description="现在")
    def now_words(self, obj):
        now = self.proposal(obj).now
        return now.label if now else "还没定"

    @admin.display(description="建议")
    def proposed_words(self, obj):
        found = self.proposal(obj)
        tone = "soon" if found.is_raised else "info"
        return format_html('{} <span class="tag {}">{}</span>', found.proposed.label, tone, found.direction)

    @admin.display(description="理由")
    def reason_words(self, obj):
        return "、".join(self.proposal(obj).reasons) or "没有特别情况"

    @admin.display(description="比上次定级")
    def changed_words(self, obj):
        found = self.proposal(obj)
        return change_words(found) if found.now else ""

    @admin.display(description="提出日期")
    def when(self, obj):
        return day(obj.advised_on)

    # Together

    def extra_pages(self):
        return [("accept", "accept/", self.accept_view)]

    def list_tools(self, request):
        if not request.user.has_perm(DECIDE):
            return []
        query = request.GET.urlencode()
        label = "照建议给筛选出的人定级" if query else "照建议给全部人定级"
        return [{"label": label, "url": f"{self.plain_url('accept')}{f'?{query}' if query else ''}"}]

    def get_actions(self, request):
        return super().get_actions(request) if request.user.has_perm(DECIDE) else {}

    @admin.action(description="照建议定级")
    def accept_ticked(self, request, queryset):
        keys = queryset.order_by().values_list("pk", flat=True)[:MOST_TICKED]
        return HttpResponseRedirect(f"{self.plain_url('accept')}?ticked={','.join(map(str, keys))}")

    def accept_view(self, request):
        """Decide for all that the list is filtered to, or the ticked ones, what is proposed for each."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        group = self.asked_group(request)
        mine = Cadre.objects.current().visible_to(request.user, DECIDE).filter(pk__in=group.values("cadre"))
        today = timezone.localdate()
        first = {"effective_on": today}
        form = ProposalBatchForm(request.POST if request.method == "POST" else None, initial=first, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                counts = decide_tiers(mine, level=None, **form.cleaned_data, actor=request.user, on=today)
            except BusinessError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, f"已照建议给 {counts.changed:,} 位老同志定级。")
                return HttpResponseRedirect(self.list_url())
        return self.act_page(
            request, form, title=f"照建议定级：{mine.count():,} 位老同志", back=self.list_url(), button="定级",
            lead="每位按各自的建议定。定了以后可以在老同志的页面上改。",
        )  # fmt: skip

    def asked_group(self, request):
        ticked = request.GET.get("ticked")
        if ticked is not None:
            keys = [int(key) for key in ticked.split(",") if key.isascii() and key.isdecimal() and len(key) < 18]
            return self.get_queryset(request).filter(pk__in=keys[:MOST_TICKED]).order_by()
        return self.get_changelist_instance(request).queryset.order_by()

    # One by one

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The reasons, what changed, and the decision on one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        tier = getattr(obj.cadre, "care_tier", None)
        form = self.decision_form(request, obj, tier)
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid() and self.decide(request, obj, form):
                return HttpResponseRedirect(self.list_url())
        context = {
            "title": self.title_of(obj), "original": obj, "row": obj, "cadre": obj.cadre, "form": form,
            "list_url": self.list_url(), "list_words": self.opts.verbose_name, "tools": [], "tags": [],
            "blocks": list(self.blocks(request, obj)), "media": form.media if form else "",
        }  # fmt: skip
        if request.method != "POST":
            self.log_look(request, obj)
        return self.page(
            request, "admin/ledgers/proposal_page.html", context, status=422 if form and form.errors else 200
        )

    def decision_form(self, request, obj, tier) -> ProposalForm | None:
        if not may_on(request, obj.cadre_id, DECIDE):
            return None
        first = {
            "level": obj.level,
            "effective_on": timezone.localdate(),
            "seen_version": tier.version if tier else None,
        }
        return ProposalForm(request.POST if request.method == "POST" else None, initial=first, proposed=obj.level)

    def decide(self, request, obj, form) -> bool:
        values = form.cleaned_data
        try:
            tier = decide_tier(
                obj.cadre, level=values["level"], effective_on=values["effective_on"], actor=request.user,
                on=timezone.localdate(), note=values["note"], version=values["seen_version"],
            )  # fmt: skip
        except BusinessError as refusal:
            refuse(form, refusal)
            return False
        words = "照建议" if values["level"] == form.proposed else "没有照建议，理由已记下"
        messages.success(request, f"{obj.cadre.person.name}定为{tier.get_level_display()}（{words}）。")
        return True

    seen_fields = ("ability",)

    def blocks(self, request, obj):
        found, tier = self.proposal(obj), getattr(obj.cadre, "care_tier", None)
        facts = [
            ("建议", f"{found.proposed.label}（{found.direction}）"),
            ("理由", "、".join(found.reasons) or "没有特别情况"),
            ("提出日期", day(obj.advised_on)),
            ("现在定的", found.now.label if found.now else "还没定"),
        ]
        if found.now:
            facts += [
                ("上次定级", f"{day(tier.decided_on)}　{tier.decided_by or ''}　{tier.note}".strip()),
                ("比上次定级", change_words(found) or "理由没有变，等级和建议不同"),
            ]
        yield Block("建议和理由", facts)
        if may_on(request, obj.cadre_id, VIEW_HEALTH):
            yield from self.ability(obj)

    def ability(self, obj):
        latest, before = latest_two(obj.cadre_id)
        if latest is None:
            yield Block("能力评估", empty="还没有评估过。", links=[
                {"label": "登记能力评估", "url": f"{reverse('admin:ledgers_assessment_add')}?cadre={obj.cadre_id}"}
            ])  # fmt: skip
            return
        told = f"{day(latest.assessed_on)}　{latest.get_level_display()}　{score_words(latest)}"
        yield Block(
            "最近一次能力评估", facts=[("结果", told)], columns=("项目", "上次", "这次"),
            rows=[[one.what, one.before or "没有", one.now or "没有"] for one in what_changed(latest, before)],
            links=[{"label": "打开评估", "url": reverse("admin:ledgers_assessment_change", args=[latest.pk])}],
        )  # fmt: skip
