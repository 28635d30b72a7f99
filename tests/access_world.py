"""The world of the access matrix: one user for each role in district A, one object of each kind there and elsewhere.

Personal data of district B and of the old cadres is written with canaries: unique texts that may never appear in an
answer to somebody who may not see them.
"""

import datetime
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils import timezone
from PIL import Image

from apps.accounts.models import Absence, BoundCertificate, CallRequest, PersonalAccount, PhoneLogin, RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.models import (
    AllowanceList,
    BranchFund,
    Candidate,
    DuesExemption,
    DuesOff,
    DuesPayment,
    DuesUpload,
    Election,
    Evaluation,
    Exclusion,
    FloatingStay,
    FundEntry,
    HomeDelivery,
    Inspection,
    InspectionFinding,
    MedalBatch,
    MedalCandidate,
    Meeting,
    Membership,
    MicroLecture,
    Organisation,
    PartyEvent,
    Post,
    Programme,
    Recruit,
    Review,
    SecretaryClass,
    Standard,
    StudyRecord,
    Talk,
    TermShift,
    Transfer,
)
from apps.branches.models import Attendance as Roll
from apps.common import attachments, audit
from apps.common.models import Attachment, AuditEntry, AuditSeal, CodeValue, Job, Paper
from apps.ledgers.models import (
    AfterDeathItem,
    AftermathCase,
    AidApplication,
    CallSheet,
    Campaign,
    CareAssignment,
    CareTier,
    Contact,
    ContactPerson,
    Duty,
    FundYear,
    Inquiry,
    Measure,
    MeasureTemplate,
    Need,
    PlanVersion,
    SafetyCheck,
    ServicePlan,
    VisitRoute,
    VisitStop,
    VisitTarget,
    WordTemplate,
)
from apps.ledgers.services.plan_layout import default_template
from apps.messaging.models import Delivery, DeliveryBatch
from apps.organisation.models import BarredEntry, CalendarDay, Community, Division, RuleSet, Unit
from apps.people.models import (
    ChangeRequest,
    Household,
    Person,
    PersonAccount,
    PersonMerge,
    Phone,
    ProxyGrant,
    Relative,
    TwinPair,
    Whereabouts,
)
from apps.registry.models import (
    Attendance,
    Cadre,
    CheckLine,
    DeceasedList,
    Health,
    ImportBatch,
    LifeEvent,
    RankColumn,
    RegisterBatch,
    RosterColumn,
    ServingLeader,
    Training,
    UnitCheck,
    UnitReport,
    Worker,
)
from apps.reminders.models import Reminder
from tests.access_air import AIR_OBJECTS
from tests.access_bank import BANK_OBJECTS
from tests.access_desk import DESK_OBJECTS
from tests.access_draws import DRAW_OBJECTS
from tests.access_health import HEALTH_OBJECTS
from tests.access_help import HELP_OBJECTS
from tests.access_life import LIFE_OBJECTS
from tests.access_posts import POST_OBJECTS
from tests.access_proof import PROOF_OBJECTS
from tests.access_schools import SCHOOL_OBJECTS
from tests.access_shifts import SHIFT_OBJECTS
from tests.access_students import STUDENT_OBJECTS
from tests.access_talks import TALK_OBJECTS
from tests.access_teams import TEAM_OBJECTS
from tests.access_treatments import TREATMENT_OBJECTS, TREATMENT_SHARED
from tests.builders import LONG_AGO, make_cadre, make_member, make_organisation, make_post, make_unit, make_user

DAY, LATER = datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)
OWN, FOREIGN = "金丝雀甲", "金丝雀乙"
GRANTED = tuple(key for key, role in ROLES.items() if role.grantable)
ACTORS = ("anonymous", *GRANTED, "secretary", "former_secretary", "staff_flag_only", "disabled", "grant_expired")
LONG_AGO_AT = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@dataclass
class Side:
    """District A or B with what belongs to it."""

    unit: Unit
    cadre: Cadre
    organisation: Organisation
    objects: dict[str, Model] = field(default_factory=dict)


@dataclass
class World:
    own: Side
    foreign: Side
    actors: dict[str, User | None]


Builder = Callable[[Side], Model]


def _relative(side: Side) -> Relative:
    return Relative.objects.create(person=side.cadre.person, name=side.cadre.person.name + "女儿")


def _phone(side: Side) -> Phone:
    name = side.cadre.person.name
    return Phone.objects.create(
        person=side.cadre.person, kind="mobile", number=f"1390000{len(name):04}", number_index=b"i", last4_index=b"l"
    )


def _proxy_grant(side: Side) -> ProxyGrant:
    return ProxyGrant.objects.create(
        person=side.cadre.person, relative=side.objects["people.relative"], may_enrol=True, method="guardian",
        agreed_on=DAY, starts_on=DAY, ends_on=datetime.date(2099, 1, 1), guardian_document="判决书",
        guardian_as="child",
    )  # fmt: skip


def _change_request(side: Side) -> ChangeRequest:
    row = ChangeRequest(
        person=side.cadre.person, kind="address", topic="address", asked_on=DAY,
        asked_by=side.objects["accounts.personalaccount"],
    )  # fmt: skip
    row.wanted = f"{side.cadre.person.name}新村2号"
    row.save()
    return row


def _household(side: Side) -> Household:
    household = Household.objects.create(name=side.cadre.person.name + "家")
    Person.objects.filter(pk=side.cadre.pk).update(household=household)
    return household


def _life_event(side: Side) -> LifeEvent:
    return LifeEvent.objects.create(person=side.cadre.person, kind="admitted", happened_on="2026-05-01")


def _grant(side: Side) -> RoleGrant:
    user = make_user(f"granted{side.unit.pk}", unit=None)
    User.objects.filter(pk=user.pk).update(unit=side.unit)
    return RoleGrant.objects.create(user=user, role="clerk", unit=side.unit, starts_on=LONG_AGO)


def _personal_account(side: Side) -> PersonalAccount:
    user = make_user(f"personal{side.unit.pk}", display_name=f"{side.cadre.person.name}本人", is_staff=False)
    PersonAccount.objects.create(user=user, person=side.cadre.person, starts_on=LONG_AGO)
    return PersonalAccount.objects.get(pk=user.pk)


def _call_request(side: Side) -> CallRequest:
    number = b"n%d" % side.unit.pk
    PhoneLogin.objects.create(user=side.objects["accounts.personalaccount"], phone_hash=number)
    return CallRequest.objects.create(
        phone_hash=number, browser=b"b", by_call=True, asked_at=timezone.now(),
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )  # fmt: skip


def _rule_set(side: Side) -> RuleSet:
    return RuleSet.objects.create(
        kind="care", unit=side.unit, effective_from=LONG_AGO, document_no="1号", values={"capacity": 5}
    )


def _audit_entry(side):
    audit.record("open", actor=None, people=[side.cadre.pk])
    return AuditEntry.objects.latest("pk")


def _seal(side: Side) -> AuditSeal:
    return AuditSeal.objects.create(from_xid=0, until_xid=side.unit.pk, entry_count=0, digest=b"x")


def _audit_entry(side: Side) -> AuditEntry:
    audit.record("open", actor=None, people=[side.cadre.pk])
    return AuditEntry.objects.latest("pk")


def _route(side: Side) -> VisitRoute:
    route = VisitRoute.objects.create(
        unit=side.unit, on_day=DAY, leader=ServingLeader.objects.create(name="陈立新", title="区长", unit=side.unit)
    )
    stop = VisitStop.objects.create(route=route, position=1)
    VisitTarget.objects.create(stop=stop, cadre=side.cadre)
    return route


def _contact(side: Side) -> Contact:
    contact = Contact.objects.create(happened_on=DAY, summary=f"{side.cadre.person.name}身体好")
    ContactPerson.objects.create(contact=contact, person=side.cadre.person)
    return contact


def _duty(side: Side) -> Duty:
    return Duty.objects.create(
        cadre=side.cadre, kind="veteran_visit", period_start=DAY, period_end=LATER, due_on=DAY
    )  # fmt: skip


def _assignment(side: Side) -> CareAssignment:
    carer = make_user(f"carer{side.unit.pk}", role="clerk", unit=side.unit)
    return CareAssignment.objects.create(cadre=side.cadre, carer=carer, starts_on=DAY)


def _reminder(side: Side) -> Reminder:
    return Reminder.objects.create(
        kind="birthday", subject_key=f"p{side.cadre.pk}", occasion_date=LATER, stage="ahead", role="carer",
        person=side.cadre.person, due_on=DAY, valid_until=LATER,
    )  # fmt: skip


def _import_batch(side: Side) -> ImportBatch:
    upload = Attachment.objects.create(
        subject="x", purpose="roster", size=1, digest=b"x", storage_name=f"x{side.unit.pk}"
    )
    clerk = User.objects.get(username=f"carer{side.unit.pk}")
    return ImportBatch.objects.create(upload=upload, uploaded_by=clerk, state="discarded", counts={})


def _unit_check(side: Side) -> UnitCheck:
    check = UnitCheck.objects.create(unit=side.unit, year=2026, paper=_paper_of_check(side))
    CheckLine.objects.create(sheet=check, person=side.cadre.person, position=1)
    return check


def _paper_of_check(side: Side) -> Paper:
    return Paper.objects.create(code=f"K2{side.unit.pk % 10000:04}", kind="信息核对表", title="核对", subject="x")


def _deceased_list(side: Side) -> DeceasedList:
    upload = Attachment.objects.create(
        subject="x", purpose="upload", size=1, digest=b"x", storage_name=f"deceased{side.unit.pk}"
    )
    clerk = User.objects.get(username=f"carer{side.unit.pk}")
    return DeceasedList.objects.create(upload=upload, digest=b"x", listed_on="2026-03", uploaded_by=clerk)


def _register_batch(kind: str) -> Builder:
    def build(side: Side) -> RegisterBatch:
        upload = Attachment.objects.create(
            subject="x", purpose="register", size=1, digest=b"x", storage_name=f"{kind}{side.unit.pk}"
        )
        clerk = User.objects.get(username=f"carer{side.unit.pk}")
        return RegisterBatch.objects.create(kind=kind, upload=upload, uploaded_by=clerk, state="discarded")

    return build


def _training(side: Side) -> Training:
    worker = side.objects["registry.worker"]
    training = Training.objects.create(title=f"{worker.name}班", unit=side.unit, starts_on=DAY, last_on=DAY)
    Attendance.objects.create(training=training, worker=worker)
    return training


def _upload_of_dues(side: Side) -> DuesUpload:
    upload = Attachment.objects.create(
        subject="x", purpose="党费表", size=1, digest=b"x", storage_name=f"dues{side.unit.pk}", purged_at=LONG_AGO_AT
    )
    return DuesUpload.objects.create(organisation=side.organisation, table="payments", year=2026, upload=upload)


def _meeting(side: Side) -> Meeting:
    name = side.cadre.person.name
    meeting = Meeting.objects.create(
        organisation=side.organisation, kind="party_day", held_on=DAY, topic=f"{name}讲党课", said_present=1,
        expected=1,
        minutes=f"{name}发言",
    )  # fmt: skip
    Roll.objects.create(meeting=meeting, person=side.cadre.person, state="present")
    return meeting


def _of_member(model: type[Model], **values) -> Builder:
    return lambda side: model.objects.create(organisation=side.organisation, person=side.cadre.person, **values)


def _twin(side: "Side") -> Person:
    return make_cadre(f"{side.cadre.person.name}重", unit=side.unit).person


def _merge(side: "Side") -> PersonMerge:
    """One that the second look refused: two more people, so that the cadre of the world is free."""
    return PersonMerge.objects.create(
        winner=_twin(side), loser=_twin(side), reason="同一人", state="refused", proposed_at=timezone.now(),
        proposed_by=User.objects.get(username=f"carer{side.unit.pk}"),
    )  # fmt: skip


def _aftermath(side: "Side") -> Model:
    """Of a death that was taken back since, so that the cadre of the world lives."""
    event = LifeEvent.objects.create(person=side.cadre.person, kind="died", state="undone", happened_on="2026-03")
    return AftermathCase.objects.create(cadre=side.cadre, event=event, opened_on=DAY)


def _photo(side: Side) -> Attachment:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "JPEG")
    return attachments.store(picture.getvalue(), subject="", purpose="plan_photo", filename="x.jpg")


def _plan_version(side: Side) -> PlanVersion:
    plan = side.objects["ledgers.serviceplan"]
    content = {"name": side.cadre.person.name, "year": 2026, "unit": "", "on": "2026-03-01", "summary": "",
               "wishes": "", "photo": plan.photo_id, "sections": []}  # fmt: skip
    return PlanVersion.objects.create(
        plan=plan, number=1, content=json.dumps(content), made_by=side.objects["accounts.user"]
    )


def _word_template(side: Side) -> WordTemplate:
    file = attachments.store(default_template(), subject="", purpose="word_template", filename="x.docx")
    return WordTemplate.objects.create(unit=side.unit, file=file, uploaded_by=side.objects["accounts.user"])


OBJECTS: dict[str, Builder] = {
    "organisation.division": lambda side: Division.objects.order_by("code")[side.unit.pk % 100],
    "organisation.unit": lambda side: side.unit,
    "organisation.community": lambda side: Community.objects.create(
        name=f"社区{side.unit.pk}", division=Division.objects.order_by("code").first()
    ),
    "organisation.ruleset": _rule_set,
    "organisation.barredentry": lambda side: BarredEntry.objects.create(
        kind="unit", name=f"某特殊单位{side.unit.pk}", document_no="云保〔2026〕1号"
    ),
    "organisation.calendarday": lambda side: CalendarDay.objects.create(
        day=datetime.date(2030, 1, 1) + datetime.timedelta(days=side.unit.pk), kind="off", name="放假"
    ),
    "accounts.user": lambda side: _grant(side).user,
    "accounts.rolegrant": lambda side: RoleGrant.objects.get(user__username=f"granted{side.unit.pk}"),
    "accounts.boundcertificate": lambda side: BoundCertificate.objects.create(
        user=side.objects["accounts.user"], serial=f"{side.unit.pk:X}", subject="CN=x"
    ),
    "accounts.personalaccount": _personal_account,
    "accounts.callrequest": _call_request,
    "people.person": lambda side: side.cadre.person,
    "people.phone": _phone,
    "people.relative": _relative,
    "people.household": _household,
    "people.proxygrant": _proxy_grant,
    "people.changerequest": _change_request,
    "registry.cadre": lambda side: side.cadre,
    "registry.health": lambda side: Health.objects.create(cadre=side.cadre),
    "registry.lifeevent": _life_event,
    "branches.organisation": lambda side: side.organisation,
    "branches.membership": lambda side: Membership.objects.get(person=side.cadre.person),
    "branches.post": lambda side: make_post(side.cadre.person, side.organisation, kind="member"),
    "branches.transfer": lambda side: Transfer.objects.create(
        person=side.cadre.person,
        kind="out",
        from_organisation=side.organisation,
        outside_name="海口市某支部",
        state="under_way",
        applied_on=DAY,
        moved_on=DAY,
        letter_no=f"云{side.unit.pk}",
        issued_on=DAY,
        valid_days=90,
        expires_on=LATER,
    ),
    "branches.floatingstay": lambda side: FloatingStay.objects.create(
        person=side.cadre.person, organisation=side.organisation, starts_on=DAY, city="海口市"
    ),
    "branches.recruit": lambda side: Recruit.objects.create(
        person=side.cadre.person, organisation=side.organisation, applied_on=DAY
    ),
    "branches.partyevent": lambda side: PartyEvent.objects.create(
        person=side.cadre.person, kind="restored", on="1983", document_no="批复"
    ),
    "branches.medalbatch": lambda side: MedalBatch.objects.get_or_create(year=timezone.localdate().year)[0],
    "branches.medalcandidate": lambda side: MedalCandidate.objects.create(
        batch=side.objects["branches.medalbatch"],
        person=side.cadre.person,
        organisation=side.organisation,
        start_earliest=DAY,
        start_latest=DAY,
        why="入党时没有预备期",
        state="approved",
    ),
    "branches.secretaryclass": lambda side: SecretaryClass.objects.create(
        title=f"{side.cadre.person.name}的培训班", unit=side.unit, starts_on=DAY, last_on=DAY
    ),
    "ledgers.caretier": lambda side: CareTier.objects.create(
        cadre=side.cadre, level=2, effective_on=DAY, decided_on=DAY
    ),
    "ledgers.careassignment": _assignment,
    "ledgers.contact": _contact,
    "ledgers.duty": _duty,
    "ledgers.serviceplan": lambda side: ServicePlan.objects.create(
        cadre=side.cadre, year=timezone.localdate().year, photo=_photo(side)
    ),
    "ledgers.planversion": _plan_version,
    "ledgers.need": lambda side: Need.objects.create(
        cadre=side.cadre, section="wellbeing", category="home", description=side.cadre.person.name, found_on=DAY
    ),
    "ledgers.measure": lambda side: Measure.objects.create(
        need=side.objects["ledgers.need"], what="装扶手", owner=side.objects["accounts.user"], due_on=LATER
    ),
    "ledgers.measuretemplate": lambda side: MeasureTemplate.objects.create(
        unit=side.unit, category="home", what="装扶手"
    ),
    "ledgers.wordtemplate": _word_template,
    "ledgers.fundyear": lambda side: FundYear.objects.create(
        unit=side.unit, year=timezone.localdate().year, source="市财政", budget=10_000
    ),
    "ledgers.aidapplication": lambda side: AidApplication.objects.create(
        cadre=side.cadre,
        fund=side.objects["ledgers.fundyear"],
        year=timezone.localdate().year,
        kind="medical",
        situations=["01"],
        requested=4000,
        applied_on=timezone.localdate(),
        moved_on=timezone.localdate(),
        via="staff",
    ),
    "ledgers.aftermathcase": _aftermath,
    "people.twinpair": lambda side: TwinPair.objects.create(
        low=side.cadre.person, high=_twin(side), reasons=["birth"], score=40, found_on=DAY
    ),
    "people.personmerge": _merge,
    "ledgers.aftermathtask": lambda side: side.objects["ledgers.aftermathcase"].tasks.create(
        what="吊唁慰问", due_on=LATER
    ),
    "ledgers.afterdeathitem": lambda side: AfterDeathItem.objects.create(
        unit=side.unit, title="丧葬费", materials="死亡证明", place="原单位", deadline="尽早", starts_on=DAY
    ),
    "ledgers.inquiry": lambda side: Inquiry.objects.create(
        unit=side.unit,
        person=side.cadre.person,
        subject="03",
        content=f"{side.cadre.person.name}问报销",
        state="done",
        received_by=User.objects.get(username=f"carer{side.unit.pk}"),
    ),
    "accounts.absence": lambda side: Absence.objects.create(
        user=User.objects.get(username=f"granted{side.unit.pk}"),
        substitute=User.objects.get(username=f"carer{side.unit.pk}"),
        starts_on=DAY,
        ends_on=LATER,
    ),
    "ledgers.safetycheck": lambda side: SafetyCheck.objects.create(cadre=side.cadre, raised_on=DAY),
    "people.whereabouts": lambda side: Whereabouts.objects.create(
        person=side.cadre.person, kind="travelling", starts_on=DAY
    ),
    "reminders.reminder": _reminder,
    "messaging.delivery": lambda side: Delivery.objects.create(
        channel="sms", delivery_class="urgent", user=User.objects.get(username=f"carer{side.unit.pk}"), on_day=DAY
    ),
    "messaging.deliverybatch": lambda side: DeliveryBatch.objects.create(channel="print", unit=side.unit, on_day=DAY),
    "registry.importbatch": _import_batch,
    "registry.unitcheck": _unit_check,
    "registry.deceasedlist": _deceased_list,
    "registry.unitreport": lambda side: UnitReport.objects.create(unit=side.unit, month=DAY),
    "registry.registerbatch": _register_batch("workers"),
    "registry.registerbatch.leaders": _register_batch("leaders"),
    "registry.rankcolumn": lambda side: RankColumn.objects.order_by("pk").first(),
    "registry.servingleader": lambda side: ServingLeader.objects.create(
        name="陈立新", title=f"第{side.unit.pk}区委书记", unit=side.unit
    ),
    "registry.worker": lambda side: Worker.objects.create(
        name=side.cadre.person.name + "的工作人员", unit=side.unit, category="full", mobile="13900001111"
    ),
    "registry.training": _training,
    "registry.rostercolumn": lambda side: RosterColumn.objects.order_by("position").first(),
    "common.codevalue": lambda side: CodeValue.objects.order_by("pk").first(),
    "common.job": lambda side: Job.objects.create(kind="x", title="导出名单"),
    "common.paper": lambda side: Paper.objects.create(
        code=f"K7M{side.unit.pk}",
        kind="电话单",
        title=f"{side.cadre.person.name}等的电话单",
        subject=f"ledgers.callsheet:{side.unit.pk}",
        unit_id=side.unit.pk,
    ),
    "ledgers.campaign": lambda side: Campaign.objects.create(
        unit=side.unit, kind="spring", name=f"{DAY.year}春节", starts_on=DAY, last_day=LATER, budget=1000
    ),
    "ledgers.visitroute": _route,
    "ledgers.callsheet": lambda side: CallSheet.objects.create(
        carer=User.objects.get(username=f"carer{side.unit.pk}"),
        on_day=DAY,
        until=LATER,
        paper=Paper.objects.get(unit_id=side.unit.pk),
    ),
    "common.auditentry": _audit_entry,
    "common.auditseal": _seal,
    "branches.inspection": lambda side: Inspection.objects.create(
        organisation=side.organisation, inspected_on=DAY, inspectors="组织科", subject="支部建设"
    ),
    "branches.inspectionfinding": lambda side: InspectionFinding.objects.create(
        inspection=side.objects["branches.inspection"], content="记录不全", due_on=LATER
    ),
    "branches.meeting": lambda side: Meeting.objects.create(
        organisation=side.organisation, kind="party_day", held_on=DAY, topic="学习", said_present=1, expected=1
    ),
    "branches.duespayment": lambda side: DuesPayment.objects.create(
        organisation=side.organisation,
        person=side.cadre.person,
        month=DAY,
        kind="monthly",
        due=1,
        paid=1,
        paid_on=DAY,
        method="cash",
        receipt_year=2026,
        receipt_no=1,
    ),
    "branches.duesgift": lambda side: DuesPayment.objects.create(
        organisation=side.organisation,
        person=side.cadre.person,
        month=DAY,
        kind="voluntary",
        due=0,
        paid=10,
        paid_on=DAY,
        method="cash",
        receipt_year=2026,
        receipt_no=2,
    ),
    "branches.duesexemption": lambda side: DuesExemption.objects.create(
        organisation=side.organisation,
        person=side.cadre.person,
        kind="zero",
        starts_on=DAY,
        ends_on=LATER,
        reason="hardship",
        decided_on=DAY,
    ),
    "branches.duesoff": lambda side: DuesOff.objects.create(
        organisation=make_organisation(
            f"{side.organisation}一小组", above=side.organisation, level="group", unit=side.unit
        ),
        reason="停用",
    ),
    "branches.duesupload": _upload_of_dues,
    "branches.branchfund": lambda side: BranchFund.objects.create(
        organisation=side.organisation, year=2026, kind="work", amount=1000
    ),
    "branches.fundentry": lambda side: FundEntry.objects.create(
        fund=side.objects["branches.branchfund"], spent_on=DAY, amount=1, purpose="租车"
    ),
    "branches.allowancelist": lambda side: AllowanceList.objects.create(
        organisation=side.organisation, starts_on=DAY, ends_on=LATER
    ),
    "branches.election": lambda side: Election.objects.create(
        organisation=side.organisation, seats=1, planned_on=LATER, waiting_since=DAY
    ),
    "branches.candidate": lambda side: Candidate.objects.create(
        election=side.objects["branches.election"], person=side.cadre.person
    ),
    "branches.exclusion": lambda side: Exclusion.objects.create(
        election=side.objects["branches.election"], person=side.cadre.person, category="abroad"
    ),
    "branches.termshift": lambda side: TermShift.objects.create(
        organisation=side.organisation, kind="delay", term_ends_on=DAY, until=LATER, reason="书记住院", asked_on=DAY
    ),
    "branches.standard": lambda side: Standard.objects.get_or_create(name="六好党支部", year_from=2025)[0],
    "branches.evaluation": lambda side: Evaluation.objects.create(
        standard=side.objects["branches.standard"],
        organisation=side.organisation,
        year=2026,
        due_on=LATER,
        story=side.cadre.person.name,
    ),
    "branches.microlecture": lambda side: MicroLecture.objects.create(
        organisation=side.organisation, title="初心", speaker=side.cadre.person.name, held_on=DAY
    ),
    "branches.homedelivery": _of_member(HomeDelivery, due_on=DAY),
    "branches.studyrecord": _of_member(StudyRecord, studied_on=DAY, form="alone", theme="党章"),
    "branches.review": _of_member(Review, year=2025, result="good"),
    "branches.talk": lambda side: _of_member(Talk, talked_on=DAY, theme="近况", officer=side.cadre.person)(side),
    "branches.programme": lambda side: Programme.objects.create(
        organisation=side.organisation, name=f"{side.cadre.person.name}流程", items="唱国歌"
    ),
}

# Everybody with the right to view sees these wherever they belong: reference data and logs.
OBJECTS |= HEALTH_OBJECTS
OBJECTS |= DRAW_OBJECTS
OBJECTS |= TREATMENT_OBJECTS
OBJECTS |= SCHOOL_OBJECTS
OBJECTS |= DESK_OBJECTS
OBJECTS |= {label: build for label, build in LIFE_OBJECTS.items() if label not in OBJECTS}
OBJECTS |= HELP_OBJECTS
OBJECTS |= {label: build for label, build in STUDENT_OBJECTS.items() if label not in OBJECTS}
OBJECTS |= AIR_OBJECTS
OBJECTS |= BANK_OBJECTS
OBJECTS |= SHIFT_OBJECTS
OBJECTS |= PROOF_OBJECTS
OBJECTS |= TEAM_OBJECTS
OBJECTS |= POST_OBJECTS
OBJECTS |= TALK_OBJECTS
OBJECTS |= {label: build for label, build in STUDENT_OBJECTS.items() if label not in OBJECTS}
SHARED = {
    "ledgers.afterdeathitem",
    "organisation.division",
    "organisation.unit",
    "organisation.community",
    "organisation.ruleset",
    "organisation.barredentry",
    "organisation.calendarday",
    "branches.organisation",
    "ledgers.measuretemplate",
    "ledgers.wordtemplate",
    "common.auditentry",
    "common.auditseal",
    "common.job",
    "common.codevalue",
    "registry.rostercolumn",
    "registry.rankcolumn",
    "registry.servingleader",
    "branches.inspection",
    "branches.medalbatch",
    "branches.standard",
    *TREATMENT_SHARED,
}


def make_side(name: str, canary: str, parent: Unit) -> Side:
    unit = make_unit(f"{name}区委老干部局", parent=parent)
    cadre = make_cadre(canary, unit=unit, residence=f"{canary}路1号")
    organisation = make_organisation(f"{name}支部", unit=unit)
    make_member(cadre.person, organisation)
    return Side(unit, cadre, organisation)


def build_world() -> World:
    root = make_unit()
    own, foreign = make_side("甲", OWN, root), make_side("乙", FOREIGN, root)
    for side in (own, foreign):
        for label, build in OBJECTS.items():
            side.objects[label] = build(side)
    return World(own, foreign, _actors(own))


def _actors(own: Side) -> dict[str, User | None]:
    actors: dict[str, User | None] = {"anonymous": None}
    for role in GRANTED:
        actors[role] = make_user(f"x{role}", role=role, unit=own.unit)
    actors["staff_flag_only"] = make_user("xflag")
    actors["disabled"] = make_user("xdisabled", role="clerk", unit=own.unit, is_active=False)
    actors["grant_expired"] = make_user("xexpired")
    RoleGrant.objects.create(
        user=actors["grant_expired"], role="clerk", unit=own.unit, starts_on=LONG_AGO, ends_on=datetime.date(2021, 1, 1)
    )
    for name, ends_on in (("secretary", None), ("former_secretary", datetime.date(2021, 1, 1))):
        actors[name] = make_user(f"x{name}", is_staff=False)
        Post.objects.create(
            person=own.cadre.person, organisation=own.organisation, user=actors[name], kind="secretary",
            starts_on=LONG_AGO, ends_on=ends_on,
        )  # fmt: skip
    return actors
