"""How organisations stand: members, committee, term, what is to be mended. A constant number of queries for any number.

Nothing here ranks: rows come in the order they were asked for (domain 3.15).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.branches.choices import Level, PostKind
from apps.branches.models import Meeting, Organisation, Post
from apps.branches.rules import BranchRules
from apps.branches.rules.sizes import (
    COMMITTEE,
    Finding,
    age_finding,
    committee_findings,
    size_findings,
    term_finding,
)
from apps.common.birthday import full_age
from apps.organisation.queries import rule_groups, rule_values
from apps.people.choices import LifeStatus

from .belonging import Counts, member_counts

ORDER_OF_POSTS = {kind: place for place, kind in enumerate(PostKind)}


@dataclass
class Standing:
    """One organisation on a day. `posts` are open ones in the order of rank, with their people."""

    organisation: Organisation
    counts: Counts = field(default_factory=Counts)
    posts: list[Post] = field(default_factory=list)
    meetings: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def secretary(self) -> Post | None:
        return next((post for post in self.posts if post.kind == PostKind.SECRETARY), None)

    @property
    def committee(self) -> list[Post]:
        return [post for post in self.posts if post.kind in COMMITTEE]

    def said_to(self, *, superior: bool) -> list[Finding]:
        """The findings as the branch itself (or a superior) is told them: its size is for the superior to mend."""
        return [one for one in self.findings if superior or not one.superior_only]


def rules_of_units(on: dt.date) -> tuple[dict[int, BranchRules], BranchRules]:
    """(rules by unit id, rules for everybody else) on a day."""
    groups = rule_groups(BranchRules.rule_key, on=on)
    if len(groups) == 1 and groups[0][1] is None:
        return {}, groups[0][0]
    everywhere = rule_values(BranchRules.rule_key, on=on)
    return {pk: rules for rules, ids in groups for pk in ids or ()}, everywhere


def open_posts(organisation_ids: Iterable[int], on: dt.date) -> dict[int, list[Post]]:
    """Posts held on a day by organisation, in the order of rank; those of the dead who were not replaced included."""
    found: dict[int, list[Post]] = defaultdict(list)
    rows = Post.objects.current(on).filter(organisation_id__in=list(organisation_ids)).select_related("person")
    for post in rows.order_by("starts_on", "pk"):
        found[post.organisation_id].append(post)
    for posts in found.values():
        posts.sort(key=lambda post: ORDER_OF_POSTS[post.kind])
    return found


def meetings_in_month(organisation_ids: Iterable[int], on: dt.date) -> dict[int, int]:
    """How many meetings each organisation had in the month of a day, up to that day."""
    rows = Meeting.objects.filter(
        organisation_id__in=list(organisation_ids), held_on__range=(on.replace(day=1), on), voided_at__isnull=True
    )
    found: dict[int, int] = defaultdict(int)
    for pk in rows.values_list("organisation_id", flat=True):
        found[pk] += 1
    return found


def standings(organisations: Iterable[Organisation], on: dt.date) -> list[Standing]:
    """How each stands on a day, in the order given; five queries for all of them (and two for rules of districts)."""
    organisations = list(organisations)
    ids = [one.pk for one in organisations]
    counts, posts, meetings = member_counts(ids, on), open_posts(ids, on), meetings_in_month(ids, on)
    by_unit, everywhere = rules_of_units(on)
    found = []
    for one in organisations:
        standing = Standing(one, counts[one.pk], posts.get(one.pk, []), meetings.get(one.pk, 0))
        if one.is_standing:
            standing.findings = findings_of(standing, on, by_unit.get(one.unit_id, everywhere))
        found.append(standing)
    return found


def findings_of(standing: Standing, on: dt.date, rules: BranchRules) -> list[Finding]:
    """What is to be mended; `standing` carries members and posts."""
    one, counts, kinds = standing.organisation, standing.counts, [post.kind for post in standing.committee]
    found = size_findings(
        counts.full, counts.probationary, rules=rules, committee=len(kinds), kind=one.kind, level=one.level
    )
    found += committee_findings(kinds, full=counts.full, rules=rules, kind=one.kind, level=one.level)
    found += [*filter(None, [term_finding(one.term_ends_on, on, rules=rules, kind=one.kind)])]
    found += _of_secretary(standing.secretary, on, rules)
    if one.level == Level.BRANCH and not standing.meetings:
        found.append(Finding("no_meeting", f"{on.month} 月还没有登记会议、活动。"))
    return found


def _of_secretary(post: Post | None, on: dt.date, rules: BranchRules) -> list[Finding]:
    if post is None:
        return []
    if post.person.life_status == LifeStatus.DECEASED:
        return [Finding("secretary_dead", "书记已离世，请补选或由上级指定负责人。", tone="late")]
    born = post.person.birth_date
    finding = age_finding(full_age(born.first_day, on) if born and born.is_exact else None, rules=rules)
    return [finding] if finding else []
