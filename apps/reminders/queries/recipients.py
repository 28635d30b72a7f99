"""Which account a role means for a cadre, at the moment a reminder is handed out: one act, one person to do it."""

import datetime
from collections.abc import Collection

from apps.branches.choices import PostKind
from apps.branches.models import Organisation, Post
from apps.ledgers.queries import bureau_leaders, responsible_for_cadres, section_heads
from apps.registry.models import Cadre
from apps.reminders.choices import Role


def recipients_of(pairs: Collection[tuple[int, str]], *, on: datetime.date) -> dict[tuple[int, str], int | None]:
    """(cadre id, role) → user id, None where nobody holds the role. A handful of queries for any number of pairs."""
    unit_of = dict(Cadre.objects.filter(pk__in={cadre for cadre, _ in pairs}).values_list("pk", "managing_unit_id"))
    wanted = {role: {cadre for cadre, its in pairs if its == role and cadre in unit_of} for role in Role.values}
    carers = responsible_for_cadres({cadre: unit_of[cadre] for cadre in wanted[Role.RESPONSIBLE]}, on=on)
    holders = {
        Role.SECTION: section_heads({unit_of[cadre] for cadre in wanted[Role.SECTION]}, on=on),
        Role.BUREAU: bureau_leaders({unit_of[cadre] for cadre in wanted[Role.BUREAU]}, on=on),
    }
    found: dict[tuple[int, str], int | None] = {}
    for cadre, role in pairs:
        if role == Role.RESPONSIBLE:
            found[cadre, role] = carers.get(cadre)
        else:
            found[cadre, role] = next(iter(holders[Role(role)].get(unit_of.get(cadre), ())), None)
    return found


def officers_of(pairs: Collection[tuple[int, str]], *, on: datetime.date) -> dict[tuple[int, str], int | None]:
    """(organisation id, role) → user id: of its own officers, of those above it, or the head of the staff's section.

    An officer is whoever holds a current post with an account, the secretary before the deputy before the others;
    above means the nearest organisation that has one. Where a branch or those above have none, the section head is
    told instead: nobody is missed because a post is empty.
    """
    organisations = Organisation.objects.in_bulk({pk for pk, _ in pairs})
    lines = {pk: _paths_upwards(one.path) for pk, one in organisations.items()}
    officers = _officers({path for line in lines.values() for path in line}, on)
    heads = section_heads({one.unit_id for one in organisations.values() if one.unit_id}, on=on)
    found: dict[tuple[int, str], int | None] = {}
    for pk, role in pairs:
        line = lines.get(pk, [])
        own = {Role.BRANCH: line[:1], Role.ABOVE: line[1:]}.get(Role(role), [])
        user = next((officers[path] for path in own if path in officers), None)
        unit_id = organisations[pk].unit_id if pk in organisations else None
        found[pk, role] = user or next(iter(heads.get(unit_id, ())), None)
    return found


def _paths_upwards(path: str) -> list[str]:
    """Its own path first, the root's last."""
    return [path[:length] for length in range(len(path), 0, -Organisation.steplen)]


def _officers(paths: set[str], on: datetime.date) -> dict[str, int]:
    rank = {kind: number for number, kind in enumerate(PostKind.values)}
    posts = Post.objects.current(on).filter(organisation__path__in=sorted(paths), user__is_active=True)
    rows = sorted(
        posts.values_list("organisation__path", "kind", "user_id", "pk"), key=lambda row: (-rank[row[1]], -row[3])
    )
    return {path: user for path, _, user, _ in rows}
