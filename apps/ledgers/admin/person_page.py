"""The page of one person: what is due, what he needs and was promised, and the timeline of all modules.

Mixed into the cadre's admin. Everything is read by `part` in one statement; the template asks the database nothing.
"""

import datetime as dt

from django.utils import timezone
from django.utils.http import urlencode

from apps.common.navigation import resolve, resolve_for
from apps.ledgers.board import due_words, record_url
from apps.ledgers.choices import Section as PlanSection
from apps.ledgers.choices.timeline import MomentKind
from apps.ledgers.queries.moments import Moment, day_words
from apps.ledgers.queries.page import (
    VIEW_AFTERMATH,
    VIEW_DUTY,
    VIEW_NEED,
    VIEW_PLAN,
    VIEW_TIER,
    PersonLedger,
    ledger_from,
    ledger_parts,
)
from apps.ledgers.queries.timeline import MOST_PAGES, Wanted, looks_at, sources_for, timeline, timeline_parts
from apps.ledgers.queries.timeline_sources import RIGHTS
from apps.registry.admin import page as registry_page
from apps.registry.admin.scope import may_on
from apps.registry.choices import TREATMENT_KINDS
from apps.registry.services import standing

from .family import family_facts
from .households import home_of

YEARS = 12
LOOK_BACK = dt.timedelta(days=90)
ADD_NEED = "ledgers.add_need"
VIEW_FAMILY = "people.view_proxygrant"
PAGE_RIGHTS = (VIEW_TIER, VIEW_DUTY, VIEW_NEED, VIEW_PLAN, VIEW_AFTERMATH, ADD_NEED, *RIGHTS)


class PersonPage:
    """Duties, needs, timeline; and what is read for the sections of the other mixins."""

    def page_parts(self, request, cadre):
        today = timezone.localdate()

        def sees(right: str) -> bool:
            return may_on(request, cadre.pk, right)

        wanted = self.wanted(request)
        facts = family_facts(cadre.pk, today)
        parts = super().page_parts(request, cadre) | ledger_parts(cadre, on=today, sees=sees)
        parts |= {"home": home_of(cadre), **({"family": facts} if sees(VIEW_FAMILY) else {})}
        if self.may_see_looks(request, cadre):
            parts["looks"] = looks_at(cadre, timezone.now() - LOOK_BACK)
        return parts | timeline_parts(cadre, wanted, sources_for(cadre, wanted, sees))

    def ledger(self, request, cadre) -> PersonLedger:
        """What this user may see of the ledger."""
        return ledger_from(lambda name: self.part(request, cadre, name))

    def person_page_context(self, request, cadre, revealed):
        context = super().person_page_context(request, cadre, revealed)
        ledger = self.ledger(request, cadre)
        return context | {
            "duties": self.duty_rows(ledger, cadre),
            "needs": self.need_rows(request, ledger),
            "sees_needs": may_on(request, cadre.pk, VIEW_NEED),
            "may_record": may_on(request, cadre.pk, "ledgers.record_contact") and not cadre.voided_at,
            **self.timeline_context(request, cadre),
            "looks": self.look_words(request, cadre),
        }

    def may_see_looks(self, request, cadre) -> bool:
        """As on the page of changes: whoever may change the record."""
        return may_on(request, cadre.pk, "registry.change_cadre")

    def look_words(self, request, cadre) -> dict:
        if not self.may_see_looks(request, cadre):
            return {}
        row = next(iter(self.part(request, cadre, "looks")), None)
        words = (
            f"近 {LOOK_BACK.days} 天 {row['people']} 人 {row['looks']} 次"
            if row
            else f"近 {LOOK_BACK.days} 天没有人看过"
        )
        return {"words": words, "url": self.url_of("history", cadre)}

    def duty_rows(self, ledger: PersonLedger, cadre) -> list[dict]:
        today = timezone.localdate()
        rows = []
        for duty in ledger.duties:
            words, tone = due_words(duty.due_on, today)
            url = record_url(cadre.pk, duty.pk)
            rows.append({"what": duty.words, "basis": duty.basis, "due": words, "tone": tone, "url": url})
        return rows

    def need_rows(self, request, ledger: PersonLedger) -> list[dict]:
        """Open needs, each with what was promised for it and by when."""
        today = timezone.localdate()
        return [
            {
                "section": PlanSection(need.section).label,
                "what": need.description,
                "since": day_words(need.found_on),
                "urgency": need.get_urgency_display(),
                "url": resolve_for(f"ledgers.need:{need.pk}", "change", request.user),
                "promised": [self.promise_row(measure, today) for measure in need.promised],
                "answer": "" if need.measures_ever else self.answer_words(need, today),
                "may_close": bool(need.measures_ever) and not need.promised,
            }
            for need in ledger.needs
        ]

    def promise_row(self, measure, today) -> dict:
        words, tone = due_words(measure.due_on, today)
        who = "、".join(dict.fromkeys(filter(None, (measure.provider, str(measure.owner)))))
        return {"what": measure.what, "who": who, "due": words, "tone": tone}

    def answer_words(self, need, today) -> str:
        """Nothing was promised yet: by when he is to be told."""
        if need.reply_by is None:
            return "还没有定办法"
        words, tone = due_words(need.reply_by, today)
        return f"还没有定办法，{f'答复{words}' if tone == 'late' else f'{words}前答复'}"

    # The timeline

    def wanted(self, request) -> Wanted:
        """The part of the timeline that the address asks for; what cannot be is taken for nothing asked."""
        kind, year, page = (request.GET.get(name, "") for name in ("kind", "year", "page"))
        today = timezone.localdate()
        years = range(today.year - 100, today.year + 2)
        return Wanted(
            kind=kind if kind in MomentKind.values else "",
            year=int(year) if year.isdecimal() and len(year) == 4 and int(year) in years else None,
            page=min(int(page), MOST_PAGES) if page.isdecimal() and 0 < len(page) < 4 and int(page) else 1,
        )

    def timeline_context(self, request, cadre) -> dict:
        wanted = self.wanted(request)

        def sees(right: str) -> bool:
            return may_on(request, cadre.pk, right)

        found = sources_for(cadre, wanted, sees)
        shown = timeline(wanted, found, lambda name: self.part(request, cadre, name), self.span_moments(request, cadre))
        seen = {MomentKind.EVENT, *(source.kind for source in sources_for(cadre, Wanted(), sees))}
        this_year = timezone.localdate().year
        return {
            "moments": [self.moment_row(request, moment) for moment in shown.moments],
            "moment_kinds": [kind for kind in MomentKind if kind in seen],
            "moment_years": range(this_year, this_year - YEARS, -1),
            "wanted": wanted,
            "is_filtered": bool(wanted.kind or wanted.year),
            "earlier": self.page_address(wanted, wanted.page + 1)
            if shown.has_more and wanted.page < MOST_PAGES
            else "",
            "newer": self.page_address(wanted, wanted.page - 1) if wanted.page > 1 else "",
        }

    def page_address(self, wanted: Wanted, number: int) -> str:
        asked = {"kind": wanted.kind, "year": wanted.year, "page": number if number > 1 else ""}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}#moments"

    def moment_row(self, request, moment: Moment) -> dict:
        url = resolve_for(moment.subject, "change", request.user) if moment.subject else ""
        return {"when": moment.when, "text": moment.text, "note": moment.note, "url": url}

    def span_moments(self, request, cadre) -> list[Moment]:
        """Changes of unit, type, rank and treatment, from the spans that are on the page anyhow."""
        moments = []
        for span in self.part(request, cadre, "spans"):
            if span.kind in TREATMENT_KINDS:
                label, before = ("医疗待遇" if span.kind != "treatment" else "待遇"), self.treatment_words(span.said)
            else:
                item = standing.STANDINGS[span.kind]
                is_unit = span.kind in standing.UNIT_KINDS
                label, before = item.label, span.said if is_unit else registry_page.coded(item.value, span.said)
            words = f"{label}变更，以前是{before}"
            moments.append(Moment(span.ends_on, day_words(span.ends_on), words, span.document_no, "", MomentKind.EVENT))
        return moments

    # Acts

    def ledger_links(self, request, cadre) -> list[dict]:
        """Ways to the next act in the ledger, where this user may do it and the page exists here."""
        if cadre.voided_at:
            return []
        tools = []
        add = resolve("admin:ledgers_need_add")
        if add and may_on(request, cadre.pk, ADD_NEED):
            tools.append({"label": "登记需求", "url": f"{add}?cadre={cadre.pk}"})
        ledger = self.ledger(request, cadre)
        plan = ledger.plan
        if plan is not None:
            url = resolve_for(f"ledgers.serviceplan:{plan.pk}", "change", request.user)
            tools += [{"label": "一人一策", "url": url}] if url else []
        if ledger.aftermath is not None:
            url = resolve_for(f"ledgers.aftermathcase:{ledger.aftermath.pk}", "change", request.user)
            tools += [{"label": "身后事", "url": url}] if url else []
        return tools
