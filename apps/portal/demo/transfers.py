"""Transfers in every state, floating members, applications and a training class around the demo secretary's branch."""

import datetime as dt
import uuid

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.branches.choices import Kind, Level
from apps.branches.models import Organisation, Post, SecretaryClass
from apps.branches.queries.people import formal_members
from apps.branches.services import classes, floating, recruits, transfers
from apps.branches.services.floating import Stay
from apps.common.partial_date import PartialDate
from apps.people.models import Person, Whereabouts
from apps.registry.models import Cadre

SECRETARY = "shuji"


def write_transfers(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where the demo secretary has no branch."""
    post = Post.objects.filter(user__username=SECRETARY).select_related("organisation").first()
    if post is None:
        return
    clerk, home = staff["jingban"], post.organisation
    others = Organisation.objects.filter(level=Level.BRANCH, kind=Kind.FORMAL).exclude(pk=home.pk).order_by("pk")
    others = [one for one in others[:6] if formal_members(one, on).count() > 2][:2]
    members = list(formal_members(home, on).exclude(pk=post.person_id)[:6])
    if len(others) < 2 or len(members) < 5:
        return
    here, there = Desk(home, clerk, on, None), [Desk(one, clerk, on, None) for one in others]
    _going(here, there[0], members)
    _coming(here, there)
    _away(here, members[4], others[1])
    _applicants(here)
    _class(staff, on)


def _going(here: Desk, there: Desk, members: list[Person]) -> None:
    """One just applied, one with his letter under way, one whose letter is past its day, one who left the city."""
    to = there.organisation
    _apply(here, members[0], 2, to, reason="随女儿住到城东", agreed=False)
    _issue(here, _apply(here, members[1], 20, to, reason="搬到新房"), 18)
    _issue(here, _apply(here, members[2], 110, to, reason="搬到新房"), 105)
    row = transfers.apply(
        here, members[3], key=uuid.uuid4(), kind="out", on=_day(here, 40), outside_name="海口市滨海离退休干部党支部",
        reason="易地安置", agreed=True,
    )  # fmt: skip
    transfers.accept(here, _issue(here, row, 38), on=_day(here, 12))


def _coming(here: Desk, there: list[Desk]) -> None:
    """One who waits to be accepted, one accepted who waits for the receipt."""
    for number, desk in enumerate(there):
        person = formal_members(desk.organisation, here.today).last()
        row = _issue(desk, _apply(desk, person, 30, here.organisation, reason="住到附近"), 26)
        if number:
            transfers.accept(here, row, on=_day(here, 6))


def _apply(desk: Desk, person: Person, days: int, to: Organisation, *, reason: str, agreed: bool = True):
    return transfers.apply(
        desk, person, key=uuid.uuid4(), kind="inside", on=_day(desk, days), to_organisation=to, reason=reason,
        agreed=agreed,
    )  # fmt: skip


def _issue(desk: Desk, row, days: int):
    on = _day(desk, days)
    return transfers.issue(desk, row, on=on, valid_days=90, dues_paid_to=PartialDate(on.year, on.month))


def _away(here: Desk, person: Person, host: Organisation) -> None:
    """One floating member; one more has settled elsewhere and nobody has decided yet."""
    stay = Stay(_day(here, 60), "海口市龙华区", host=host, study="online", contact_name="组织委员")
    floating.register_stay(here, person, stay, key=uuid.uuid4())
    settled = formal_members(here.organisation, here.today).last()
    if settled != person and not settled.whereabouts.exists():
        Whereabouts.objects.create(person=settled, kind="elsewhere", starts_on=_day(here, 250), note="住在儿子家")


def _applicants(here: Desk) -> None:
    """An applicant, an activist, and one whose probation ends soon."""
    people = Cadre.objects.living().filter(person__political_status="13").order_by("pk").select_related("person")[:3]
    for number, cadre in enumerate(people):
        begun = (40, 300, 1300)[number]
        row = recruits.apply_to_join(here, cadre.person, key=uuid.uuid4(), on=_day(here, begun), note="派组织委员谈话")
        if number:
            recruits.advance(here, row, "activist", on=_day(here, begun - 60), note="支委会研究同意")
        if number == 2:
            recruits.advance(here, row, "candidate", on=_day(here, 700), note="支委会讨论同意")
            recruits.advance(
                here, row, "probationary", on=_day(here, 350), note="支部大会通过",
                document_no="云离退工委〔2025〕12号",
                introducers="组织委员、宣传委员",
            )  # fmt: skip


def _class(staff: dict[str, User], on: dt.date) -> None:
    head = staff["kezhang"]
    row = SecretaryClass.objects.create(
        title=f"{on.year - 1} 年离退休干部党支部书记培训班", unit=head.unit, starts_on=dt.date(on.year - 1, 8, 18),
        last_on=dt.date(on.year - 1, 8, 20), hours=18, place="市老干部党校",
    )  # fmt: skip
    posts = list(Post.objects.current(on).order_by("pk")[:8])
    classes.seat(row, posts, actor=head)
    came = {post.person_id for post in posts[:7]}
    classes.note_attendance(row, came, {person: f"结{row.starts_on.year}{person:04}" for person in came}, actor=head)


def _day(desk: Desk, days: int) -> dt.date:
    return desk.today - dt.timedelta(days=days)
