"""The cadre's list and page, composed: the registry's own, with tier, carer, branch, duties and the timeline."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from apps.branches.models import Organisation
from apps.ledgers import access
from apps.ledgers.board import mourning_words, record_url
from apps.ledgers.choices import Reason
from apps.registry.admin import CadreAdminBase
from apps.registry.admin.page import Row, Section
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

from .case_links import PERMISSIONS as CASE_RIGHTS
from .case_links import case_sections
from .family import FamilyActs
from .filters import BranchFilter, CarerFilter, TierFilter
from .groups import ASSIGN, DECIDE, GroupActs
from .households import HouseholdActs
from .person_page import PAGE_RIGHTS, PersonPage
from .plan_filters import PlanFilter
from .whereabouts import add_url, period_words

RECORD = "ledgers.record_contact"
CHANGE_PERSON = "people.change_person"
VIEW_TIER = "ledgers.view_caretier"
VIEW_AWAY, ADD_AWAY, CHANGE_AWAY = (f"people.{act}_whereabouts" for act in ("view", "add", "change"))


@admin.register(Cadre)
class CadreAdmin(PersonPage, FamilyActs, HouseholdActs, GroupActs, CadreAdminBase):
    person_page_template = "admin/ledgers/cadre_page.html"
    page_permissions = (
        *CadreAdminBase.page_permissions,
        CHANGE_PERSON,
        RECORD,
        *PAGE_RIGHTS,
        *CASE_RIGHTS,
        DECIDE,
        ASSIGN,
        VIEW_AWAY,
        ADD_AWAY,
        CHANGE_AWAY,
        *FamilyActs.page_permissions,
    )
    list_filter = (*CadreAdminBase.list_filter, TierFilter, CarerFilter, BranchFilter, PlanFilter)

    def get_list_filter(self, request):
        """Filters whose values this user may not see anywhere are left out."""
        filters = super().get_list_filter(request)
        if not request.user.has_perm(VIEW_TIER):
            filters = tuple(item for item in filters if item is not TierFilter)
        if not self.admin_site.is_registered(Organisation):
            filters = tuple(item for item in filters if item is not BranchFilter)
        return filters

    def get_urls(self):
        return [*self.group_urls(), *self.household_urls(), *self.family_urls(), *super().get_urls()]

    def list_tools(self, request):
        return [*super().list_tools(request), *self.group_tools(request)]

    def contact_in_full(self, request, cadre):
        return cadre.pk in access.open_to(request.user, [cadre.pk])

    # The page of one person

    def tags(self, request, cadre):
        tags = super().tags(request, cadre)
        if (mourned := self.ledger(request, cadre).mourned) is not None:
            tags.append((mourning_words(mourned), "soon"))
        tier = self.ledger(request, cadre).tier
        if tier is None:
            return tags
        double_high = [(Reason.DOUBLE_HIGH.label, "soon")] if Reason.DOUBLE_HIGH in tier.suggested_reasons else []
        return [*tags, *double_high, (f"服务等级{tier.get_level_display()}", "info")]

    def links(self, request, cadre):
        tools = super().links(request, cadre)
        if may_on(request, cadre.pk, RECORD) and not cadre.voided_at:
            for tool in tools:
                tool["main"] = False
            tools.insert(0, {"label": "记走访", "url": record_url(cadre.pk), "main": True})
        tools[1:1] = self.ledger_links(request, cadre)
        if request.user.has_perm(access.TAKE) and not cadre.voided_at:
            call = {"label": "记来电来访", "url": f"{reverse('admin:ledgers_inquiry_add')}?person={cadre.pk}"}
            tools.insert(1, call)
        return tools

    def sections(self, request, cadre, revealed):
        sections = super().sections(request, cadre, revealed)
        if may_on(request, cadre.pk, CHANGE_PERSON) and not cadre.voided_at:
            contact = next(section for section in sections if section.key == "contact")
            notify = {"label": "怎样通知他", "url": reverse("admin:person_channels", args=[cadre.pk])}
            contact.links = [*contact.links, notify]
        home = [
            self.home_section(request, cadre),
            *self.away_sections(request, cadre),
            *self.family_sections(request, cadre),
            *case_sections(request, cadre),
        ]
        at = next((place for place, section in enumerate(sections) if section.key == "family"), len(sections))
        return [self.care_section(request, cadre), *sections[:at], *home, *sections[at:]]

    def away_sections(self, request, cadre) -> list[Section]:
        """Where he spends his time when not at home."""
        if not may_on(request, cadre.pk, VIEW_AWAY):
            return []
        section = Section("away", "外出和异地居住", is_aside=True)
        changes = not cadre.voided_at and may_on(request, cadre.pk, CHANGE_AWAY)
        for row in self.periods(request, cadre):
            section.rows.append(Row(row.get_kind_display(), period_words(row)))
            if changes and (row.ends_on is None or row.ends_on > timezone.localdate()):
                what = f"{row.get_kind_display()}{f'（{row.starts_on:%m-%d}起）' if row.starts_on else ''}"
                url = reverse("admin:people_whereabouts_change", args=[row.pk])
                section.links += [
                    {"label": f"更正{what}", "url": f"{url}?edit=1"},
                    {"label": f"{what}回来了", "url": reverse("admin:people_whereabouts_back", args=[row.pk])},
                ]
        if not cadre.voided_at and may_on(request, cadre.pk, ADD_AWAY):
            section.links.insert(0, {"label": "登记外出或异地居住", "url": add_url(cadre.pk)})
        return [section]

    def care_section(self, request, cadre) -> Section:
        """Who answers for him and how much he is owed; the suggestion's reasons are words for staff only."""
        section = Section("care", "服务等级和责任人", is_aside=True)
        tier = self.ledger(request, cadre).tier
        if tier:
            reasons = "、".join(Reason(reason).label for reason in tier.suggested_reasons)
            since = f"{tier.get_level_display()}，自 {tier.effective_on:%Y-%m-%d} 起"
            section.rows += [Row("服务等级", since), Row("当时的建议理由", reasons), Row("说明", tier.note)]
        for held in self.ledger(request, cadre).carers:
            section.rows.append(Row(held.get_role_display(), f"{held.carer}（自 {held.starts_on:%Y-%m-%d} 起）"))
        page = self.plain_url
        if may_on(request, cadre.pk, DECIDE):
            section.links.append({"label": "定服务等级", "url": f"{page('tier')}?pk={cadre.pk}"})
        if may_on(request, cadre.pk, ASSIGN):
            section.links.append({"label": "指定或更换责任人", "url": f"{page('carers')}?pk={cadre.pk}"})
        return section
