"""The tables of which the timeline of a person tells: each with who may see it, its day and its words.

A new subject adds a `Source`; nothing else changes. Words are those of the office, without illness and thoughts,
which stand on the records' own pages behind their rights.
"""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from apps.branches.choices import AttendanceState, MedalState
from apps.branches.models import Attendance, DuesExemption, HomeDelivery, MedalCandidate, Membership, Transfer
from apps.common import sources
from apps.common.choices import Source as Via
from apps.ledgers.choices.aid import AidAct
from apps.ledgers.choices.timeline import MomentKind
from apps.ledgers.models import CareAssignment, CareTier, Contact, Inquiry, Measure, Need
from apps.ledgers.models.adaptation import HomeAdaptation
from apps.ledgers.models.aftermath import AftermathTask
from apps.ledgers.models.aid import AidStep
from apps.ledgers.models.assessment import Assessment
from apps.ledgers.models.families import FamilyInCare
from apps.ledgers.models.medical import CheckUp, HospitalStay
from apps.registry.choices import LifeEventState
from apps.registry.models import Cadre, LifeEvent

from .inquiries import subject_name
from .moments import Moment, Source, on_day
from .timeline_service import SOURCES as OF_SERVICE
from .treatment_facts import SOURCES as OF_TREATMENTS

TOOK_PART = (AttendanceState.PRESENT, AttendanceState.ONLINE)
TOLD = (LifeEventState.REPORTED, LifeEventState.CONFIRMED)
AID_WORDS = {
    AidAct.APPLY: "申请困难帮扶", AidAct.VERIFY: "困难帮扶入户核实", AidAct.DECIDE: "困难帮扶上会通过",
    AidAct.PAY: "困难帮扶发放", AidAct.RECEIVE: "困难帮扶签收办结", AidAct.REFUSE: "困难帮扶没有批准",
    AidAct.WITHDRAW: "困难帮扶申请撤回", AidAct.SURVIVORS: "困难帮扶转遗属办理",
}  # fmt: skip


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


def _adaptations(cadre: Cadre) -> QuerySet:
    return HomeAdaptation.objects.standing().filter(cadre=cadre)


def _of_asked(row: HomeAdaptation) -> Iterator[Moment]:
    yield on_day(row.asked_on, "提出适老化改造", row.wish, f"ledgers.homeadaptation:{row.pk}")


def _of_accepted(row: HomeAdaptation) -> Iterator[Moment]:
    note = f"{row.contractor}　{row.paid or 0} 元".strip()
    yield on_day(row.accepted_on, "适老化改造验收", note, f"ledgers.homeadaptation:{row.pk}")


def _of_cancelled(row: HomeAdaptation) -> Iterator[Moment]:
    note = f"{row.get_cancel_because_display()}　{row.cancel_note}".strip()
    yield on_day(row.cancelled_on, "适老化改造取消", note, f"ledgers.homeadaptation:{row.pk}")


def _aid_steps(cadre: Cadre) -> QuerySet:
    rows = AidStep.objects.filter(application__cadre=cadre, application__voided_at__isnull=True, undone=False)
    return rows.filter(act__in=AID_WORDS).select_related("application")


def _of_aid(row: AidStep) -> Iterator[Moment]:
    given = row.application.granted if row.act in (AidAct.DECIDE, AidAct.PAY) else None
    note = f"{row.application.year}年" + (f"　{given} 元" if given else "")
    yield on_day(row.on, AID_WORDS[row.act], note, f"ledgers.aidapplication:{row.application_id}")


def _stays(cadre: Cadre) -> QuerySet:
    return HospitalStay.objects.filter(cadre=cadre, voided_at__isnull=True).defer("condition", "outcome_note")


def _open_stays(cadre: Cadre) -> QuerySet:
    """Admission and discharge themselves are life events and stand there already."""
    return _stays(cadre).filter(discharged_on__isnull=True)


def _of_stay(row: HospitalStay) -> Iterator[Moment]:
    where = "　".join(filter(None, (row.hospital, row.department)))
    yield on_day(row.admitted_on, "正在住院", where, f"ledgers.hospitalstay:{row.pk}")


def _of_discharge(row: HospitalStay) -> Iterator[Moment]:
    days = f"{(row.discharged_on - row.admitted_on).days + 1} 天"
    note = "　".join(filter(None, (row.hospital, row.department, days, row.get_result_display() if row.result else "")))
    yield on_day(row.discharged_on, "住院结束", note, f"ledgers.hospitalstay:{row.pk}")


def _check_ups(cadre: Cadre) -> QuerySet:
    return CheckUp.objects.filter(cadre=cadre, voided_at__isnull=True).defer("findings")


def _of_check_up(row: CheckUp) -> Iterator[Moment]:
    yield on_day(row.done_on, f"{row.year}年体检", row.place, f"ledgers.checkup:{row.pk}")


def _assessments(cadre: Cadre) -> QuerySet:
    return Assessment.objects.filter(cadre=cadre, voided_at__isnull=True).defer("note")


def _of_assessment(row: Assessment) -> Iterator[Moment]:
    score = f"{row.score} 分" if row.score is not None else ""
    note = "　".join(filter(None, (row.get_level_display(), score, row.assessor)))
    yield on_day(row.assessed_on, "能力评估", note, f"ledgers.assessment:{row.pk}")


def _of_family_left(row: FamilyInCare) -> Iterator[Moment]:
    note = f"{row.get_end_because_display()}　{row.end_note}".strip()
    yield on_day(row.ends_on, f"遗属{row.relative.name}不再列入", note, f"ledgers.familyincare:{row.pk}")


def _aftermath(cadre: Cadre) -> QuerySet:
    return AftermathTask.objects.standing().filter(case__cadre=cadre)


def _of_aftermath(row: AftermathTask) -> Iterator[Moment]:
    words = f"{row.what}：{row.get_ended_display()}"
    yield on_day(row.done_on, words, row.note, f"ledgers.aftermathcase:{row.case_id}")


def _families(cadre: Cadre) -> QuerySet:
    return FamilyInCare.objects.filter(cadre=cadre, voided_at__isnull=True).select_related("relative")


def _of_family(row: FamilyInCare) -> Iterator[Moment]:
    yield on_day(row.starts_on, f"遗属{row.relative.name}列入关怀", row.note, f"ledgers.familyincare:{row.pk}")


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
    Source("asked", MomentKind.NEED, "ledgers.view_homeadaptation", "asked_on", _adaptations, _of_asked),
    Source("accepted", MomentKind.NEED, "ledgers.view_homeadaptation", "accepted_on", _adaptations, _of_accepted),
    Source("cancelled", MomentKind.NEED, "ledgers.view_homeadaptation", "cancelled_on", _adaptations, _of_cancelled),
    Source("aid", MomentKind.AID, "ledgers.view_aidapplication", "on", _aid_steps, _of_aid),
    *OF_TREATMENTS,
    Source("stays", MomentKind.HEALTH, "ledgers.view_hospitalstay", "admitted_on", _open_stays, _of_stay),
    Source("discharges", MomentKind.HEALTH, "ledgers.view_hospitalstay", "discharged_on", _stays, _of_discharge),
    Source("check_ups", MomentKind.HEALTH, "ledgers.view_checkup", "done_on", _check_ups, _of_check_up),
    Source("assessments", MomentKind.HEALTH, "ledgers.view_assessment", "assessed_on", _assessments, _of_assessment),
    Source("aftermath", MomentKind.EVENT, "ledgers.view_aftermathcase", "done_on", _aftermath, _of_aftermath),
    Source("families", MomentKind.EVENT, "ledgers.view_familyincare", "starts_on", _families, _of_family),
    Source("families_left", MomentKind.EVENT, "ledgers.view_familyincare", "ends_on", _families, _of_family_left),
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
    *OF_SERVICE,
    Source("transfers", MomentKind.BRANCH, "branches.view_transfer", "applied_on", _transfers, _of_transfer),
)  # fmt: skip
RIGHTS = tuple(sorted({source.right for source in SOURCES if source.right}))
