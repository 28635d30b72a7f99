"""Acts on a group of cadres: whatever the list was filtered to, or the ticked ones; set-based, up to everybody."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.access import possible_carers
from apps.ledgers.choices import Level, Reason
from apps.ledgers.forms import CarerForm, TierForm
from apps.ledgers.models import CareAssignment, CareTier
from apps.ledgers.queries.pairing import Capacities, open_items, proposals
from apps.ledgers.services import assign_carers, decide_tier, decide_tiers, suggestions
from apps.registry.admin import CadreAdminBase
from apps.registry.models import Cadre

from .labels import SEE_CONTACT, LabelActs
from .plan_groups import MAKE_PLAN, PlanGroupActs

DECIDE = "ledgers.change_caretier"
ASSIGN = "ledgers.change_careassignment"
MOST_ADVISED = 30_000
GROUP_PAGE = "admin/registry/act.html"


class GroupActs(PlanGroupActs, LabelActs):
    """Mixed into the admin of cadres."""

    actions = (
        *CadreAdminBase.actions, "decide_tier_for_ticked", "assign_carer_for_ticked", "make_plan_for_ticked",
        "print_labels_for_ticked",
    )  # fmt: skip

    def group_urls(self):
        return [
            path("tier/", self.staff_view(self.tier_view), name="registry_cadre_tier"),
            path("carers/", self.staff_view(self.carers_view), name="registry_cadre_carers"),
            *self.label_urls(),
            *self.plan_urls(),
        ]

    @admin.action(description="设定服务等级", permissions=["decide_tier"])
    def decide_tier_for_ticked(self, request, queryset):
        return self.to_group(request, queryset, "tier")

    @admin.action(description="指定责任人", permissions=["assign_carer"])
    def assign_carer_for_ticked(self, request, queryset):
        return self.to_group(request, queryset, "carers")

    def has_decide_tier_permission(self, request) -> bool:
        return request.user.has_perm(DECIDE)

    def has_assign_carer_permission(self, request) -> bool:
        return request.user.has_perm(ASSIGN)

    def group_tools(self, request) -> list[dict]:
        """Links above the list that act on all it is filtered to."""
        offered = [
            ("tier", "给筛选出的人设定服务等级", DECIDE),
            ("carers", "给筛选出的人指定责任人", ASSIGN),
            ("plans", "给筛选出的人制定今年的一人一策", MAKE_PLAN),
            ("labels", "给筛选出的人打印信封标签", SEE_CONTACT),
        ]
        return [
            {"label": label, "url": self.group_url(request, page)}
            for page, label, right in offered
            if request.user.has_perm(right)
        ]

    # Pages

    def tier_view(self, request):
        """Decide the tier of the group. One cadre: with the reasons of the suggestion and the version seen."""
        group = self.group_of(request, DECIDE)
        today = timezone.localdate()
        standing = self.standing_tier(group)
        lead, advice = self.advice(group, standing, today)
        initial = {"level": "advice", "effective_on": today}
        if standing is not None:
            initial |= {"level": str(standing.level), "effective_on": standing.effective_on}
            initial |= {"seen_version": standing.version, "note": standing.note}
        form = TierForm(request.POST or None, initial=initial, advice=advice)
        if request.method == "POST" and form.is_valid():
            try:
                words = self.decide(request, group, standing, form, today)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.back_of(request, group))
        return self.group_page(request, group, form, "设定服务等级", lead, "确定")

    def decide(self, request, group, standing, form: TierForm, today) -> str:
        values = form.cleaned_data
        common = {
            "effective_on": values["effective_on"], "note": values["note"], "actor": request.user, "on": today,
        }  # fmt: skip
        if standing is not None and values["level"] is not None:
            decide_tier(standing.cadre, level=values["level"], version=values["seen_version"], **common)
            return "服务等级已保存。"
        counts = decide_tiers(group, level=values["level"], **common)
        return f"已给 {counts.changed:,} 位老同志定了服务等级，{counts.total - counts.changed:,} 位原来就是这样。"

    def standing_tier(self, group: QuerySet[Cadre]) -> CareTier | None:
        """The tier that stands, where the group is one cadre."""
        keys = list(group.values_list("pk", flat=True)[:2])
        if len(keys) != 1:
            return None
        return CareTier.objects.filter(cadre=keys[0], voided_at__isnull=True).select_related("cadre").first()

    def advice(self, group: QuerySet[Cadre], standing, today) -> tuple[str, str]:
        """(what the suggestion says and why, how it spreads over the levels)."""
        count = group.count()
        if count == 1:
            ((_, found),) = suggestions(group, on=today)
            reasons = "、".join(Reason(reason).label for reason in found.reasons) or "没有特别情况"
            now = f"现在是{standing.get_level_display()}。" if standing else "还没有定。"
            return f"{now}建议{found.level.label}：{reasons}。", ""
        if not 0 < count <= MOST_ADVISED:
            return "", ""
        spread = dict.fromkeys(Level, 0)
        for _, found in suggestions(group, on=today):
            spread[found.level] += 1
        return "", "（" + "，".join(f"{level.label} {number:,} 位" for level, number in spread.items()) + "）"

    def carers_view(self, request):
        """Give the group to one carer, or share it out between several; a standing carer hands over. For one person
        whoever is near is proposed with the reason, and what is open now is shown."""
        group = self.group_of(request, ASSIGN)
        today, candidates = timezone.localdate(), possible_carers(request.user)
        picked = request.GET.get("carer", "")
        initial = {"carers": [picked]} if picked.isdecimal() and len(picked) < 18 else {}
        form = CarerForm(request.POST or None, carers=candidates, capacities=Capacities(today), initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                counts = assign_carers(
                    group,
                    carers=list(form.cleaned_data["carers"]),
                    actor=request.user,
                    on=today,
                    override_reason=form.cleaned_data["override_reason"],
                    handover_note=form.cleaned_data["handover_note"],
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                words = f"已指定 {counts.started:,} 位的责任人，其中换人 {counts.handed_over:,} 位；"
                messages.success(request, words + f"原来就是的 {counts.kept:,} 位没有动。")
                return HttpResponseRedirect(self.back_of(request, group))
        more = self.about_one(group, candidates, today)
        return self.group_page(
            request, group, form, "指定责任人", "", "确定", more=more, template="admin/ledgers/carers_form.html"
        )

    def about_one(self, group: QuerySet[Cadre], candidates, today) -> dict:
        """Proposals, the carer of now and what is open, where the group is one person."""
        rows = list(group.select_related("person", "managing_unit")[:2])
        if len(rows) != 1:
            return {}
        (cadre,) = rows
        now = CareAssignment.objects.open().primary().filter(cadre=cadre).select_related("carer").first()
        return {
            "proposed": [
                {
                    "who": user,
                    "reasons": "、".join(near.reasons),
                    "room": near.room,
                    "url": f"?pk={cadre.pk}&carer={user.pk}",
                }
                for user, near in proposals(cadre, candidates, today)
            ],
            "now": now,
            "items": open_items([cadre.pk], today)[cadre.pk] if now else [],
        }

    def group_page(self, request, group, form, title: str, lead: str, button: str, *, more=None, template=GROUP_PAGE):
        whom = self.group_words(group)
        context = {
            "title": f"{title}：{whom}",
            "form": form,
            "media": form.media,
            "lead": lead,
            "back": self.back_of(request, group),
            "buttons": [("save", f"{button}，办 {whom}")],
            **(more or {}),
        }
        return self.page(request, template, context, status=422 if form.errors else 200)
