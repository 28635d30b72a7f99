"""The timeline of a person: what happened to him in every module, each table one part of a single statement."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet, Value
from django.utils import timezone

from apps.branches.choices import AttendanceState, MedalState
from apps.branches.models import (
    Attendance,
    DuesExemption,
    HomeDelivery,
    MedalCandidate,
    Membership,
    Transfer,
)
from apps.common import sources
from apps.common.choices import Source as Via
from apps.common.models import AuditEntry
from apps.ledgers.choices.timeline import MomentKind
from apps.ledgers.models import CareAssignment, CareTier, Contact, Inquiry, Measure, Need
from apps.registry.choices import LifeEventState
from apps.registry.models import Cadre, LifeEvent

from .inquiries import subject_name
from .moments import Moment, Source, on_day
from .treatment_facts import SOURCES as OF_TREATMENTS

PAGE = 15
MOST_PAGES = 60
TOOK_PART = (AttendanceState.PRESENT, AttendanceState.ONLINE)
TOLD = (LifeEventState.REPORTED, LifeEventState.CONFIRMED)


@dataclass(frozen=True)
class Wanted:
    """Which part of a timeline: one kind, one year, the how-manieth page from the newest (1)."""

    kind: str = ""
    year: int | None = None
    page: int = 1

    @property
    def most(self) -> int:
        """How many of the newest lines suffice for this page and to know whether there is another."""
        return self.page * PAGE + 1


@dataclass(frozen=True)
class TimelinePage:
    """Lines of one page; `has_more`: there are earlier ones."""

    moments: tuple[Moment, ...]
    has_more: bool


def sources_for(cadre: Cadre, wanted: Wanted, sees: Callable[[str], bool]) -> list[Source]:
    """The tables that this reader may see of this kind."""
    return [
        source for source in SOURCES if wanted.kind in ("", source.kind) and (not source.right or sees(source.right))
    ]


def timeline_parts(cadre: Cadre, wanted: Wanted, found: Iterable[Source]) -> dict[str, QuerySet]:
    """name → rows, for `read_together`."""
    return {f"moments.{source.key}": source.latest(cadre, year=wanted.year, most=wanted.most) for source in found}


def timeline(
    wanted: Wanted, found: Iterable[Source], rows_of: Callable[[str], list], others: Iterable[Moment] = ()
) -> TimelinePage:
    """The lines of all tables, newest first. `others`: lines of what is on the page anyhow."""
    moments = [
        replace(moment, kind=source.kind)
        for source in found
        for row in rows_of(f"moments.{source.key}")
        for moment in source.moments(row)
    ]
    moments += [
        moment for moment in others if wanted.kind in ("", moment.kind) and wanted.year in (None, moment.on.year)
    ]
    moments.sort(key=lambda moment: moment.on, reverse=True)
    start = (wanted.page - 1) * PAGE
    return TimelinePage(tuple(moments[start : start + PAGE]), len(moments) > start + PAGE)


def looks_at(cadre: Cadre, since: dt.datetime) -> QuerySet:
    """One row (looks, people who looked) since a moment; none without."""
    rows = AuditEntry.objects.filter(subjects__person_id=cadre.pk, subjects__at__gte=since, actor_id__isnull=False)
    return rows.order_by().values(one=Value(1)).annotate(looks=Count("pk"), people=Count("actor_id", distinct=True))


# The ledger's own


def _contacts(cadre: Cadre) -> QuerySet:
    rows = Contact.objects.standing().filter(participants__person_id=cadre.pk)
    return rows.select_related("recorded_by", "on_behalf_of").defer("body_state", "thoughts")


def _of_contact(row: Contact) -> Iterator[Moment]:
    """No health, no thoughts: those stand on the contact's own page, behind their rights."""
    who = str(row.on_behalf_of or sources.words(row.source, str(row.recorded_by or "")))
    note = "　".join(filter(None, (row.leaders, who, row.summary)))
    words = f"{row.campaign or row.get_kind_display()}　{row.get_method_display()}"
    yield on_day(row.happened_on, words, note, f"ledgers.contact:{row.pk}")


def _tiers(cadre: Cadre) -> QuerySet:
    return CareTier.objects.filter(cadre=cadre, voided_at__isnull=True)


def _of_tier(row: CareTier) -> Iterator[Moment]:
    note = f"自 {row.effective_on.year}年{row.effective_on.month}月{row.effective_on.day}日起　{row.note}".strip()
    yield on_day(row.decided_on, f"服务等级定为{row.get_level_display()}", note, f"ledgers.caretier:{row.pk}")


def _assignments(cadre: Cadre) -> QuerySet:
    return CareAssignment.objects.filter(cadre=cadre, voided_at__isnull=True).select_related("carer")


def _of_start(row: CareAssignment) -> Iterator[Moment]:
    note = f"超出规定人数：{row.override_reason}" if row.override_reason else ""
    yield on_day(
        row.starts_on, f"{row.carer}开始担任{row.get_role_display()}", note, f"ledgers.careassignment:{row.pk}"
    )


def _of_end(row: CareAssignment) -> Iterator[Moment]:
    words = f"{row.carer}不再担任{row.get_role_display()}"
    yield on_day(row.ends_on, words, row.handover_note, f"ledgers.careassignment:{row.pk}")


def _needs(cadre: Cadre) -> QuerySet:
    return Need.objects.standing().filter(cadre=cadre).select_related("recorded_by")


def _of_need(row: Need) -> Iterator[Moment]:
    who = sources.words(row.source, str(row.recorded_by or ""))
    yield on_day(row.found_on, f"登记需求：{row.description}", who, f"ledgers.need:{row.pk}")


def _of_closed_need(row: Need) -> Iterator[Moment]:
    words = f"需求办结：{row.description}"
    satisfied = f"本人{row.get_satisfaction_display()}" if row.satisfaction else ""
    note = "　".join(filter(None, (row.get_outcome_display(), satisfied, row.outcome_note)))
    yield on_day(row.closed_on, words, note, f"ledgers.need:{row.pk}")


def _measures(cadre: Cadre) -> QuerySet:
    rows = Measure.objects.standing().filter(need__cadre=cadre, need__voided_at__isnull=True)
    return rows.select_related("owner")


def _of_measure(row: Measure) -> Iterator[Moment]:
    note = "　".join(filter(None, (row.provider or str(row.owner), row.result)))
    yield on_day(row.done_on, f"办好：{row.what}", note, f"ledgers.need:{row.need_id}")


def _inquiries(cadre: Cadre) -> QuerySet:
    rows = Inquiry.objects.filter(person_id=cadre.pk, voided_at__isnull=True)
    return rows.select_related("received_by").defer("content", "result", "caller_phone")


def _of_inquiry(row: Inquiry) -> Iterator[Moment]:
    words = f"{row.get_source_display()}：{subject_name(row.subject)}"
    note = f"{row.received_by}受理，{row.get_state_display()}"
    yield on_day(timezone.localdate(row.received_at), words, note, f"ledgers.inquiry:{row.pk}")


# Rooms below


def _events(cadre: Cadre) -> QuerySet:
    rows = LifeEvent.objects.filter(person_id=cadre.pk, voided_at__isnull=True, state__in=TOLD)
    return rows.select_related("reported_by").defer("detail", "address")


def _of_event(row: LifeEvent) -> Iterator[Moment]:
    note = "" if row.state == LifeEventState.CONFIRMED else row.get_state_display()
    told = sources.words(row.source, str(row.reported_by or "系统")) if row.source != Via.STAFF else ""
    note = "　".join(filter(None, (note, told)))
    when = row.happened_on
    yield Moment(when.first_day, when.display(), row.get_kind_display(), note, f"registry.lifeevent:{row.pk}")


def _memberships(cadre: Cadre) -> QuerySet:
    return Membership.objects.filter(person_id=cadre.pk, voided_at__isnull=True).select_related("organisation")


def _of_membership(row: Membership) -> Iterator[Moment]:
    yield on_day(row.starts_on, f"编入{row.organisation}（{row.get_link_display()}）")


def _of_left(row: Membership) -> Iterator[Moment]:
    yield on_day(row.ends_on, f"离开{row.organisation}（{row.get_link_display()}）")


def _attendance(cadre: Cadre) -> QuerySet:
    rows = Attendance.objects.filter(person_id=cadre.pk, state__in=TOOK_PART, meeting__voided_at__isnull=True)
    return rows.select_related("meeting")


def _of_attendance(row: Attendance) -> Iterator[Moment]:
    meeting = row.meeting
    words = f"{meeting.get_kind_display()}（{row.get_state_display()}）"
    yield on_day(meeting.held_on, words, meeting.topic, f"branches.meeting:{meeting.pk}")


def _deliveries(cadre: Cadre) -> QuerySet:
    return HomeDelivery.objects.filter(person_id=cadre.pk, voided_at__isnull=True).select_related("deliverer")


def _of_delivery(row: HomeDelivery) -> Iterator[Moment]:
    note = "　".join(filter(None, (str(row.deliverer or ""), row.content)))
    words = f"送学上门（{row.get_form_display()}）"
    yield on_day(row.delivered_on, words, note, f"branches.homedelivery:{row.pk}")


def _exemptions(cadre: Cadre) -> QuerySet:
    return DuesExemption.objects.filter(person_id=cadre.pk, voided_at__isnull=True, approved_on__isnull=False)


def _of_exemption(row: DuesExemption) -> Iterator[Moment]:
    yield on_day(row.approved_on, f"党费{row.get_kind_display()}获批准", f"自{row.starts_on:%Y-%m} 起")


def _medals(cadre: Cadre) -> QuerySet:
    return MedalCandidate.objects.filter(person_id=cadre.pk, voided_at__isnull=True, state=MedalState.ISSUED)


def _of_medal(row: MedalCandidate) -> Iterator[Moment]:
    note = "　".join(filter(None, (row.get_form_display() if row.form else "", row.deliverer)))
    yield on_day(row.delivered_on, "颁发“光荣在党50年”纪念章", note, f"branches.medalbatch:{row.batch_id}")


def _transfers(cadre: Cadre) -> QuerySet:
    rows = Transfer.objects.filter(person_id=cadre.pk, voided_at__isnull=True)
    return rows.select_related("from_organisation", "to_organisation")


def _of_transfer(row: Transfer) -> Iterator[Moment]:
    ends = [str(end or row.outside_name) for end in (row.from_organisation, row.to_organisation)]
    words = f"组织关系转接：{ends[0]} → {ends[1]}"
    yield on_day(row.applied_on, words, row.get_state_display(), f"branches.transfer:{row.pk}")


SOURCES: tuple[Source, ...] = (
    Source("contacts", MomentKind.CONTACT, "ledgers.view_contact", "happened_on", _contacts, _of_contact),
    Source("needs", MomentKind.NEED, "ledgers.view_need", "found_on", _needs, _of_need),
    Source("needs_closed", MomentKind.NEED, "ledgers.view_need", "closed_on", _needs, _of_closed_need),
    Source("measures", MomentKind.NEED, "ledgers.view_need", "done_on", _measures, _of_measure),
    Source("tiers", MomentKind.CARE, "ledgers.view_caretier", "decided_on", _tiers, _of_tier),
    Source("carers", MomentKind.CARE, "", "starts_on", _assignments, _of_start),
    Source("carers_left", MomentKind.CARE, "", "ends_on", _assignments, _of_end),
    Source("calls", MomentKind.CALL, "ledgers.view_inquiry", "received_at__date", _inquiries, _of_inquiry),
    Source(
        "events", MomentKind.EVENT, "registry.view_lifeevent", "happened_on", _events, _of_event, partial=True
    ),
    Source("members", MomentKind.BRANCH, "", "starts_on", _memberships, _of_membership),
    Source("members_left", MomentKind.BRANCH, "", "ends_on", _memberships, _of_left),
    Source(
        "meetings", MomentKind.BRANCH, "branches.view_meeting", "meeting__held_on", _attendance, _of_attendance
    ),
    Source(
        "deliveries", MomentKind.BRANCH, "branches.view_homedelivery", "delivered_on", _deliveries, _of_delivery
    ),
    Source(
        "exemptions", MomentKind.BRANCH, "branches.view_duesexemption", "approved_on", _exemptions, _of_exemption
    ),
    Source("medals", MomentKind.BRANCH, "branches.view_medalbatch", "delivered_on", _medals, _of_medal),
    Source("transfers", MomentKind.BRANCH, "branches.view_transfer", "applied_on", _transfers, _of_transfer),
    *OF_TREATMENTS,
)  # fmt: skip
RIGHTS = tuple(sorted({source.right for source in SOURCES if source.right}))
