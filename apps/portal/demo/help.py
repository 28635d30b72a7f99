"""A dozen requests for help in every state, through the services; one waits for the daughter's confirmation."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.models import Measure
from apps.ledgers.queries.measure_help import likely_service
from apps.ledgers.services.measure_help import ask_volunteers
from apps.people.models import Person, PersonAccount, ProxyGrant
from apps.registry.models import Cadre
from apps.volunteers.choices.requests import AskedAs, ConfirmedAs, ProposalState
from apps.volunteers.models import Proposal, ServiceRequest, Team, Volunteer
from apps.volunteers.rules.help import moment
from apps.volunteers.services import helping, proposals, requests
from apps.volunteers.services.care import confirm_care

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
OPEN, ASKED, AGREED, DONE, CONFIRMED, UNMET, CANCELLED, DOUBT = (
    "open", "asked", "agreed", "done", "confirmed", "unmet", "cancelled", "doubt",
)  # fmt: skip
# state, service, days from today, from, until, efforts, details
CASES = (
    (DONE, "hospital", -1, 510, 690, (), "早上八点半在门诊大厅会合，要带病历本"),
    (OPEN, "repair", 1, 540, 600, ("stairs",), "厨房水龙头关不紧"),
    (OPEN, "hospital", 6, 480, 660, (), "在家里接上，打车去"),
    (ASKED, "company", 3, 870, 960, (), "喜欢下象棋"),
    (ASKED, "phone", 4, 570, 660, (), "新换了手机，通讯录没有了"),
    (AGREED, "outing", 2, 540, 660, ("far",), "去公园，要推轮椅"),
    (AGREED, "errand", 5, 600, 690, (), "取药和买菜"),
    (DOUBT, "errand", -2, 540, 600, (), "买米和油"),
    (CONFIRMED, "hospital", -6, 510, 660, (), "复查，在二楼抽血处等"),
    (CONFIRMED, "company", -9, 870, 930, (), "说说话"),
    (CONFIRMED, "repair", -12, 540, 630, (), "换灯泡"),
    (UNMET, "haircut", -3, 540, 600, (), "卧床，请到家里来理"),
    (CANCELLED, "legal", 7, 870, 930, (), "问遗嘱怎么立"),
)  # fmt: skip


@dataclass
class Writing:
    clerk: User
    now: dt.datetime
    receivers: list[Cadre]
    family: ProxyGrant | None
    used: list[ServiceRequest] = field(default_factory=list)

    def ask(self, place: int, case) -> ServiceRequest | None:
        """As it would have been asked some days before."""
        _, service, away, starts, ends, efforts, details = case
        on = timezone.localdate(self.now) + away * DAY
        cadre = self.receivers[place % len(self.receivers)]
        by_family = place == 0 and self.family is not None
        person: Person = self.family.person if by_family else cadre.person
        facts = requests.RequestFacts(
            receiver=person, service=service, on=on, starts=starts, ends=ends, efforts=efforts, details=details,
            asked_as=AskedAs.FAMILY if by_family else (AskedAs.SELF, AskedAs.COMMUNITY, AskedAs.STAFF)[place % 3],
            place="市第一人民医院门诊大厅" if service == "hospital" else "", grant=self.family if by_family else None,
        )  # fmt: skip
        asked_at = min(self.now, moment(on, 0)) - 3 * DAY + 10 * HOUR
        actor = self.family.user if by_family else self.clerk
        try:
            return requests.ask(facts, actor=actor, now=asked_at, form_key=uuid.uuid4())
        except BusinessError:  # that person has no address: another story tells of him
            return None

    def agree(self, row: ServiceRequest) -> Proposal | None:
        """The first who is free then says yes; where nobody was found, anybody of a team whose papers are there."""
        asked_at = row.asked_at + HOUR
        if not row.proposals.exists():
            self.bring(row)
        asked = proposals.ask_volunteers(row, row.proposals.all(), actor=self.clerk, now=asked_at)
        for one in asked:
            try:
                said = proposals.answer(one, True, actor=self.clerk, now=asked_at + HOUR)
            except BusinessError:
                continue
            if said.state == ProposalState.ACCEPTED:
                return said
        return None

    def bring(self, row: ServiceRequest) -> None:
        others = Volunteer.objects.active().filter(memberships__team__in=Team.objects.current()).distinct()
        for volunteer in others.select_related("person").order_by("-pk")[:25]:
            try:
                proposals.suggest(row, volunteer, actor=self.clerk, now=row.asked_at)
            except BusinessError:
                continue
            if row.proposals.count() >= 3:
                return

    def write(self, place: int, case) -> None:
        state, row = case[0], self.ask(place, case)
        if row is None:
            return
        if state in (ASKED, AGREED, DONE, DOUBT, CONFIRMED):
            self.served(row, state)
        elif state == UNMET:
            requests.leave_unmet(row, "附近会理发的志愿者那天都没有空", actor=self.clerk, now=row.asked_at + 9 * HOUR)
        elif state == CANCELLED:
            requests.cancel(row, "女儿回来了", actor=self.clerk, now=row.asked_at + HOUR, own=False)

    def served(self, row: ServiceRequest, state: str) -> None:
        if state == ASKED:
            if not row.proposals.exists():
                self.bring(row)
            proposals.ask_volunteers(row, row.proposals.all(), actor=self.clerk, now=self.now - HOUR)
            return
        said = self.agree(row)
        if said is None or state == AGREED:
            return
        over = moment(row.on, row.ends) + HOUR
        record = helping.done(said, starts=row.starts, ends=row.ends - 10, actor=self.clerk, now=over)
        if state == DOUBT:
            helping.doubt(row, "本人说没有来过", actor=self.clerk, now=over + HOUR)
        if state == CONFIRMED:
            confirm_care(
                record, record.minutes, confirmed_as=ConfirmedAs.RECEIVER, actor=self.clerk, now=over + HOUR,
                form_key=uuid.uuid4(), satisfied=True, words="很耐心，谢谢",
            )  # fmt: skip


@transaction.atomic
def write_help(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where volunteers were asked already; those of the bank's own story ask nobody."""
    if Proposal.objects.exists():
        return
    told_of = PersonAccount.objects.values_list("person_id", flat=True)
    rows = Cadre.objects.current().filter(person__life_status="living", person__community__isnull=False)
    rows = rows.exclude(person__in=told_of).exclude(person__volunteer__isnull=False)
    rows = rows.visible_to(staff["jingban"]).select_related("person", "managing_unit")
    receivers = list(rows.order_by("person__birth_date", "pk")[: len(CASES)])
    family = ProxyGrant.objects.current(on).filter(user__username="jiashu").select_related("person", "user").first()
    if not receivers:
        return
    now = moment(on, 9 * 60)
    writing = Writing(staff["jingban"], now, receivers, family)
    for place, case in enumerate(CASES):
        writing.write(place, case)
    _from_ledger(staff["jingban"], now)


def _from_ledger(clerk: User, now: dt.datetime) -> None:
    """A measure that speaks of company at the hospital, of shopping or the like, for which volunteers are asked."""
    rows = Measure.objects.open().filter(need__cadre__person__life_status="living").visible_to(clerk)
    for measure in rows.select_related("need__cadre__person", "need__cadre__managing_unit").order_by("pk")[:200]:
        service = likely_service(f"{measure.what} {measure.need.description}")
        cadre = measure.need.cadre
        if not service or not cadre.person.residence:
            continue
        facts = requests.RequestFacts(
            receiver=cadre.person, unit=cadre.managing_unit, service=service, on=timezone.localdate(now) + 8 * DAY,
            starts=540, ends=660, asked_as=AskedAs.STAFF, details=measure.what,
        )  # fmt: skip
        ask_volunteers(measure, facts, actor=clerk, now=now, form_key=uuid.uuid4())
        return
