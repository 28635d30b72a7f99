"""The coming batch of the 50-year medal around the demo secretary's branch: clear, doubtful and approved names, and
whose political birthday falls in this month and the next."""

import datetime as dt

from apps.accounts.models import User
from apps.branches.models import MedalBatch, MedalCandidate, PartyEvent, Post
from apps.branches.queries.medals import prepare_from
from apps.branches.queries.people import formal_members
from apps.branches.rules.party_age import MedalRules
from apps.branches.services.medals import build_batch, decide, tick_behaved_well
from apps.common.partial_date import PartialDate
from apps.registry.models import Cadre

SECRETARY = "shuji"


def write_medals(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where the demo secretary has no branch, or a batch is there already."""
    post = Post.objects.filter(user__username=SECRETARY).select_related("organisation", "user").first()
    if post is None or MedalBatch.objects.exists():
        return
    members = list(formal_members(post.organisation, on).filter(cadre__isnull=False, life_status="living")[:8])
    if len(members) < 8:
        return
    rules = MedalRules()
    year = on.year + (on >= prepare_from(on.year + 1, rules) or on > rules.day_of(on.year))
    joined = year - rules.years
    dates = [
        f"{joined}-03-12", f"{joined}-05-20", f"{joined}-06-30", f"{joined}", f"{joined - 1}-11-07",
        f"{joined - 1}-{on.month:02d}-18", f"{joined - 6}-{on.month:02d}-26", f"{joined - 6}-{on.month % 12 + 1:02d}",
    ]  # fmt: skip
    for person, date in zip(members, dates, strict=True):
        Cadre.objects.filter(pk=person.pk).update(
            joined_party_on=PartialDate.parse(date), full_member_on=None, party_age_from=None
        )
    PartyEvent.objects.create(
        person=members[4], kind="watch", on=PartialDate.parse("1990"), document_no="云纪〔1990〕8号（演示）"
    )
    batch = build_batch(year, on=on, actor=staff["jingban"]).batch
    rows = {row.person_id: row.pk for row in MedalCandidate.objects.filter(batch=batch, state="proposed")}
    ticked = [rows[one.pk] for one in members[:2] if one.pk in rows]
    if ticked:
        tick_behaved_well(ticked, well=True, actor=post.user, on=on)
        decide(ticked[:1], "approved", actor=staff["kezhang"], on=on)
