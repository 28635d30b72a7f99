"""The list and the page of cadres. `ledgers.admin` registers the final class with its own filters and sections."""

import functools

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.forms.models import fields_for_model
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit, change_log
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.people import services as people_services
from apps.people.models import Person, Phone
from apps.people.queries import known_ids, stands_for
from apps.registry.forms import (
    CODE_LISTS,
    MONEY_FIELDS,
    PERSON_FIELDS,
    SEALED_FIELDS,
    STANDING_FIELDS,
    CadreForm,
)
from apps.registry.holds import HOLD_WORDS
from apps.registry.models import Cadre, Health
from apps.registry.rules import revolution_period
from apps.registry.services import persons, watching
from apps.registry.wording import birthday_words

from . import page
from .acts import CadreActs
from .documents import CadreDocuments
from .export import CadreExport
from .filters import NUMBER_LACKING
from .groups import CadreGroups
from .holding import CadreHolds
from .listing import CadreListing
from .loading import CadreParts
from .newcomers import NewcomerForm
from .places import CadrePlaces
from .ranks import CadreRanks
from .scope import PAGE_PERMISSIONS, keep_rights, may_on, with_rights

REVEAL_ID = "people.reveal_citizen_id"
VIEW_CONTACT = "people.view_contact"
VIEW_HEALTH = "registry.view_health"
VIEW_BANK = "registry.view_bank"
SEALED_LABELS = {
    "citizen_id": "身份证号", "residence": "现居住地址", "registered_address": "户籍地址", "bank_account": "银行账号",
    "pension": "养老金（离休费）", "hold_reason": "须请示的原因", "phone_number": "电话号码",
    "phone_removed": "电话（删去）", "relative_phone": "联系人电话",
}  # fmt: skip


class CadreAdminBase(
    CadreListing,
    CadreParts,
    CadreActs,
    CadreDocuments,
    CadreHolds,
    CadrePlaces,
    CadreRanks,
    CadreGroups,
    CadreExport,
    NewcomerForm,
    RecordAdmin,
):
    """Change list and person page of cadres.

    For the rooms above: `contact_in_full` says whose phone and address this user sees without asking; `sections`,
    `tags` and `links` add to the page, whose rights `page_permissions` asks in one query; `person_page_template`
    replaces it; list filters are added to `list_filter`.
    """

    form = CadreForm
    code_lists = CODE_LISTS
    voidable = True
    asks_source = True
    person_page_template = "admin/registry/cadre_page.html"
    page_permissions = PAGE_PERMISSIONS
    select_related_in_record = (
        "person",
        "person__community",
        "person__household",
        "person__residence_division",
        "managing_unit",
        "counting_unit",
        "health",
    )
    fieldsets = (
        (
            "基本信息",
            {"fields": (
                ("name", "reading"), "former_name", "citizen_id", ("sex", "birth_date"), "birth_note",
                ("ethnicity", "native_place"), "political_status",
            )},
        ),
        (
            "生日",
            {"fields": (
                ("birthday_calendar", "birthday_month", "birthday_day"), ("birthday_leap", "birthday_leap_policy"),
                "birthday_greeting",
            )},
        ),
        (
            "工作和离退休",
            {"fields": (
                ("work_start", "retired_on"), ("joined_party_on", "full_member_on", "party_age_from"),
                "former_post", ("unit_nature", "staff_category"), ("professional_title", "education"),
                ("managed_level", "org_area"), "order_no", ("in_beijing", "resettled", "lives_away"),
            )},
        ),
        (
            "怎样联系",
            {"fields": (
                ("reach_by", "reach_through"), ("reach_answers", "reach_hours"),
                ("hard_of_hearing", "poor_sight", "dialect"), "reach_note",
            )},
        ),
        (
            "住处",
            {"fields": (
                "residence", ("residence_division", "community"), "registered_address", "household",
            )},
        ),
        (
            "家庭和生活",
            {"fields": (
                ("marital", "living", "children_count"), "special_difficulties", "wishes", "interests", "note",
            )},
        ),
    )  # fmt: skip

    # Scope and rights

    def rows_for(self, user, permission):
        return Cadre.objects.visible_to(user, permission)

    def get_queryset(self, request):
        """The list leaves voided people to its filter; other surfaces offer only those in the registry."""
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name.endswith("autocomplete"):
            rows = rows.filter(voided_at__isnull=True)
        return rows

    def people_of(self, obj):
        return [obj.pk]

    def title_of(self, obj):
        return obj.person.name

    def contact_in_full(self, request, cadre) -> bool:
        """Whether phone and address of this cadre show without asking: people of my duties, pairing or post."""
        return False

    def shows_contact(self, request, cadre) -> bool:
        """`contact_in_full`, asked once a request."""
        known = request.__dict__.setdefault("_shows_contact", {})
        if cadre.pk not in known:
            known[cadre.pk] = self.contact_in_full(request, cadre)
        return known[cadre.pk]

    def get_autocomplete_fields(self, request):
        names = [*super().get_autocomplete_fields(request)]
        for item in Person._meta.fields:
            if (
                item.remote_field
                and item.name in PERSON_FIELDS
                and self.admin_site.is_registered(item.remote_field.model)
            ):
                names.append(item.name)
        return names

    # Form

    def get_form(self, request, obj=None, change=False, **kwargs):
        callback = functools.partial(self.formfield_for_dbfield, request=request)
        person_fields = fields_for_model(Person, fields=PERSON_FIELDS, formfield_callback=callback)
        kwargs["form"] = type("CadreForm", (self.form,), person_fields)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        fieldsets = list(self.fieldsets)
        if request.user.has_perm(VIEW_BANK):
            fieldsets.append(("发放", {"fields": tuple(f"typed_{name}" for name in MONEY_FIELDS)}))
        if obj is None:
            fieldsets.insert(1, ("类型、单位和待遇", {"fields": STANDING_FIELDS}))
            fieldsets.insert(2, ("电话", {"fields": ("phone",)}))
        return [*fieldsets, ("提醒", {"fields": ("accepted_because",)})]

    def write(self, request, obj, form, change):
        line = None if change else self.newcomer_of(request)
        typed = self.with_reported_id(form.typed(), line)
        persons.save_cadre(form.person, obj, typed, actor=request.user, request=request)
        self.settle_newcomer(request, line, obj)

    def is_changeable(self, request, obj):
        return obj.voided_at is None and may_on(request, obj.pk, self.right("change"))

    def apply_voiding(self, request, obj, act, reason):
        if act == "void":
            persons.void_cadre(obj, reason=reason, actor=request.user, request=request)
        else:
            persons.restore_cadre(obj, actor=request.user, request=request)

    def may_change(self, request, obj):
        if obj is not None and obj.pk and obj.voided_at:
            return may_on(request, obj.pk, self.right("change"))
        return super().may_change(request, obj)

    # The page of one person

    def get_urls(self):
        name = "registry_cadre"
        pages = [
            path("export/", self.staff_view(self.export_view), name=f"{name}_export"),
            path("places/", self.staff_view(self.places_view), name=f"{name}_places"),
            path("invite/", self.staff_view(self.invite_view), name=f"{name}_invite"),
            path("ranks/", self.staff_view(self.ranks_view), name=f"{name}_ranks"),
            path("<path:object_id>/hold/", self.staff_view(self.hold_view), name=f"{name}_hold"),
            path(
                "<path:object_id>/document/<int:span>/",
                self.staff_view(self.document_view),
                name=f"{name}_document",
            ),
            path("<path:object_id>/reveal/", self.staff_view(self.reveal_view), name=f"{name}_reveal"),
            path("<path:object_id>/event/", self.staff_view(self.event_view), name=f"{name}_event"),
            path(
                "<path:object_id>/standing/<slug:kind>/", self.staff_view(self.standing_view), name=f"{name}_standing"
            ),
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            cadre = self.person_to_show(request, unquote(object_id))
            if cadre.voided_at and (stands := stands_for(cadre.pk)) != cadre.pk:
                messages.info(request, f"{cadre.person.name}的这份登记已并入下面这一份。")
                return HttpResponseRedirect(reverse(f"{self.admin_site.name}:registry_cadre_change", args=[stands]))
            return self.person_page(request, cadre)
        return super().change_view(request, object_id, form_url, extra_context)

    def person_to_show(self, request, object_id) -> Cadre:
        """The cadre with what this user may do to him, read together."""
        request.page_permissions, request.asks_rights = self.page_permissions, True
        cadre = self.get_object(request, object_id)
        keep_rights(request, cadre)
        return cadre

    def record_rows(self, request):
        rows = super().record_rows(request)
        return with_rights(request, rows) if getattr(request, "asks_rights", False) else rows

    def person_page(self, request, cadre: Cadre, *, revealed: dict | None = None, error: str = "", status: int = 200):
        """The page of a cadre, logged before it renders: rows are loaded, the entry commits, then HTML is made."""
        context = self.person_page_context(request, cadre, revealed or {})
        audit.look(
            "open",
            actor=request.user,
            people=[cadre.pk],
            fields=[section.key for section in context["sections"]] + self.seen_fields(request, cadre),
            target=f"registry.cadre:{cadre.pk}",
            request=request,
        )
        context["error"] = error
        return self.page(request, self.person_page_template, context, status=status)

    def seen_fields(self, request, cadre: Cadre) -> list[str]:
        """Numbers and address of one's own people are shown without asking; the entry says so."""
        return ["phone", "residence"] if self.shows_contact(request, cadre) else []

    def person_page_context(self, request, cadre: Cadre, revealed: dict) -> dict:
        request.page_permissions = self.page_permissions
        sections = self.sections(request, cadre, revealed)
        facts = [section for section in sections if not section.is_aside]
        return {
            "title": cadre.person.name,
            "original": cadre,
            "cadre": cadre,
            "headline": page.headline(cadre),
            "tags": self.tags(request, cadre),
            "sections": sections,
            "beside": [section for section in sections if section.is_aside],
            "facts": [facts[0::2], facts[1::2]],
            "tools": self.links(request, cadre),
            "asks_reason": any(row.hidden for section in sections for row in section.rows),
            "reveal_url": self.url_of("reveal", cadre),
        }

    def tags(self, request, cadre: Cadre) -> list[tuple[str, str]]:
        """(words, tone) under the name."""
        tags = []
        if cadre.voided_at:
            tags.append((f"已作废：{cadre.person.void_reason}", "late"))
        if cadre.person.life_status != "living":
            tags.append((cadre.person.get_life_status_display(), "late"))
        if cadre.living == "alone":
            tags.append(("独居", "late"))
        if cadre.on_hold:
            tags.append((HOLD_WORDS, "late"))
        if cadre.rank_unmapped:
            tags.append(("职级待认定", "soon"))
        if cadre.person.citizen_id_index is None:
            tags.append((NUMBER_LACKING, "soon"))
        weak = page.flags_of(cadre.person, ("hard_of_hearing", "poor_sight"))
        if weak:
            tags.append((f"{'、'.join(weak)}：{cadre.person.get_reach_by_display()}", ""))
        return tags + [(words, "") for words in page.flags_of(cadre, ("in_beijing", "resettled", "lives_away"))]

    def links(self, request, cadre: Cadre) -> list[dict]:
        """Acts above the page: label, url, main."""
        tools = [*self.record_tools(request, cadre)]
        if may_on(request, cadre.pk, "registry.add_lifeevent") and not cadre.voided_at:
            tools.insert(
                1 if tools and tools[0].get("main") else 0, {"label": "报告情况", "url": self.url_of("event", cadre)}
            )
        return [*tools, *self.hold_tools(request, cadre)]

    def sections(self, request, cadre: Cadre, revealed: dict) -> list[page.Section]:
        """Groups of the page; each asks for the right it needs."""
        person = cadre.person
        changeable = not cadre.voided_at and self.may_change(request, cadre)
        id_row = page.citizen_id_row(person, may_reveal=may_on(request, cadre.pk, REVEAL_ID), revealed=revealed)
        basics = page.Section("basics", "基本信息", [id_row])
        basics.rows += [
            *page.rows_of(person, ("birth_date", "birth_note")),
            page.Row("过生日", birthday_words(person)),
            *page.rows_of(person, page.BASICS),
        ]
        period = revolution_period(cadre.work_start) if cadre.work_start and cadre.retire_type == "veteran" else None
        work = page.Section("work", "工作和离退休", page.rows_of(cadre, page.WORK))
        work.rows.insert(1, page.Row("参加革命工作时期", page.period_words(cadre, period)))
        family = page.Section("family", "家庭和生活", page.rows_of(cadre, page.FAMILY))
        sections = [
            basics,
            self.standing_section(cadre, changeable),
            work,
            self.contact_section(request, cadre, revealed, changeable),
            family,
        ]
        sections += [self.relatives_section(request, cadre, revealed, changeable)]
        if may_on(request, cadre.pk, VIEW_HEALTH):
            health = page.health_section(getattr(cadre, "health", None), revealed=revealed)
            health.links = self.health_links(cadre, changeable)
            sections.append(health)
        if may_on(request, cadre.pk, VIEW_BANK):
            sections.append(self.money_section(cadre, revealed))
        sections += self.hold_sections(request, cadre)
        return [
            *sections,
            self.events_section(request, cadre),
            self.treatments_section(request, cadre),
            self.spans_section(request, cadre),
        ]

    def contact_section(self, request, cadre, revealed, changeable) -> page.Section:
        person = cadre.person
        look = {
            "in_full": self.shows_contact(request, cadre),
            "may_reveal": may_on(request, cadre.pk, VIEW_CONTACT),
            "revealed": revealed,
        }
        phones = self.part(request, cadre, "phones")
        section = page.Section("contact", "联系和住处", page.phone_rows(phones, **look), is_aside=True)
        away = next((row for row in self.periods(request, cadre) if row.covers(timezone.localdate())), None)
        section.rows += page.away_rows(away, in_full=look["in_full"]) + page.rows_of(person, page.REACH)
        weak = page.flags_of(person, ("hard_of_hearing", "poor_sight"))
        section.rows += [page.Row("要注意", "、".join(weak))] if weak else []
        section.rows += [
            page.sealed_row("现居住地址", person, "residence", **look),
            *page.rows_of(person, ("residence_division", "community")),
            page.sealed_row("户籍地址", person, "registered_address", **look),
            *page.rows_of(person, ("household",)),
        ]
        if changeable:
            section.links = self.phone_links(request, cadre)
        return section

    def money_section(self, cadre, revealed) -> page.Section:
        look = {"in_full": False, "may_reveal": True, "revealed": revealed}
        rows = [page.sealed_row(SEALED_LABELS[name], cadre, name, **look) for name in MONEY_FIELDS]
        return page.Section("money", "发放", rows)

    # Reveal

    def reveal_view(self, request, object_id):
        """Show one masked value in full, once, after a reason was given: POST only, nothing stands in an address."""
        cadre = self.get_object(request, unquote(object_id))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", cadre))
        request.reading_record = True
        key = request.POST.get("field", "")
        found = self.revealable(request, cadre, key)
        if found is None:
            raise PermissionDenied
        row, name = found
        try:
            people_services.reveal(
                people=[cadre.pk],
                fields=[name],
                reason=request.POST.get("reason", ""),
                actor=request.user,
                request=request,
            )
        except BusinessError as refusal:
            return self.person_page(request, cadre, error=refusal.sentence, status=422)
        watching.report_reveals(request.user, now=timezone.now())
        return self.person_page(request, cadre, revealed={key: getattr(row, name)})

    def revealable(self, request, cadre: Cadre, key: str):
        """(row, field) that `key` asks for, where this user may have it; else None."""
        rights = {"citizen_id": REVEAL_ID} | dict.fromkeys(SEALED_FIELDS, VIEW_CONTACT)
        rights |= dict.fromkeys(MONEY_FIELDS, VIEW_BANK)
        kind, _, number = key.partition(".")
        if number.isdecimal() and len(number) < 18 and may_on(request, cadre.pk, VIEW_CONTACT):
            if kind == "phone":
                phone = Phone.objects.filter(person_id=cadre.pk, pk=int(number)).first()
                return (phone, "number") if phone else None
            if kind == "relative":
                relative = cadre.person.relatives.filter(pk=int(number)).first()
                return (relative, "phone") if relative else None
        if key not in rights or not may_on(request, cadre.pk, rights[key]):
            return None
        return (cadre if key in MONEY_FIELDS else cadre.person, key)

    # History

    def history_view(self, request, object_id, extra_context=None):
        """Who changed what; and, for those who may change the record, who looked at it."""
        looks = None
        if object_id.isdecimal() and len(object_id) < 19 and may_on(request, int(object_id), self.right("change")):
            looks = change_log.looks_at(known_ids(int(object_id)))
        return super().history_view(request, object_id, {"looks": looks, **(extra_context or {})})

    def history_of(self, request, obj):
        parts = change_log.changes_of(obj, code_lists=self.code_lists)
        parts += change_log.changes_of(obj.person, code_lists=self.code_lists)
        if may_on(request, obj.pk, VIEW_HEALTH) and (health := Health.objects.filter(cadre=obj).first()):
            parts += change_log.changes_of(health, code_lists=self.code_lists)
        parts += change_log.sealed_changes_of(obj.pk, SEALED_LABELS)
        return sorted(parts, key=lambda change: change.at, reverse=True)[: change_log.MOST]
