"""Transfers of an organisation, whose turn they are, and who is told (domain 3.4)."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.access import acting_holders
from apps.branches.access import Desk
from apps.branches.choices import PostKind, TransferAct
from apps.branches.models import Organisation, Post, Transfer
from apps.branches.rules.transfers import MOVES, Side, next_act, side_of

from .belonging import subtree_ids

DECIDING = (PostKind.SECRETARY, PostKind.DEPUTY)
RELATED = ("person", "from_organisation", "to_organisation")


def transfers_of(organisation: Organisation) -> QuerySet[Transfer]:
    """From or to an organisation, the latest first."""
    ends = Q(from_organisation=organisation) | Q(to_organisation=organisation)
    return Transfer.objects.filter(ends, voided_at__isnull=True).select_related(*RELATED)


def sides_of(desk: Desk, transfer: Transfer) -> set[Side]:
    """Which sides whoever sits at the desk may act for: staff for all that the desk has to do with, secretary and
    deputy for their branch, those of an organisation above as the superior of the branch he leaves."""
    here = desk.organisation.pk
    leaves, comes = transfer.from_organisation_id == here, transfer.to_organisation_id == here
    if desk.by_staff:
        return ({Side.FROM, Side.ABOVE} if leaves else set()) | ({Side.TO} if comes else set())
    if desk.post.kind not in DECIDING:
        return set()
    if desk.post.organisation_id != here:
        return {Side.ABOVE} if leaves else set()
    return ({Side.FROM} if leaves else set()) | ({Side.TO} if comes else set())


def decides(desk: Desk) -> bool:
    """Staff, and secretary and deputy at their own desk: they consent for the branch."""
    own = desk.post is not None and desk.post.organisation_id == desk.organisation.pk
    return desk.by_staff or (own and desk.post.kind in DECIDING)


def acts_at(desk: Desk, transfer: Transfer) -> list[str]:
    """Acts that may be done now at this desk, the one that is waited for first."""
    own = sides_of(desk, transfer)
    wanted = next_act(transfer.kind, transfer.state, expired=transfer.is_expired(desk.today))
    moves = MOVES[transfer.kind]
    acts = [
        act for act in moves
        if transfer.state in moves[act].sources and side_of(transfer.kind, transfer.state, act) in own
        and (act != TransferAct.UNDO or timezone.localdate(transfer.accepted_at) == desk.today)
    ]  # fmt: skip
    return sorted(acts, key=lambda act: act != wanted)


def waits_here(desk: Desk, transfer: Transfer) -> bool:
    return transfer.turn(desk.today) in sides_of(desk, transfer)


def to_review(desk: Desk) -> list[Transfer]:
    """Transfers out of the organisations below the desk's own that wait for a superior; for its secretary."""
    if desk.by_staff or desk.post.kind not in DECIDING:
        return []
    below = subtree_ids([desk.organisation]) - {desk.organisation.pk}
    rows = Transfer.objects.waiting().filter(from_organisation_id__in=sorted(below)).select_related(*RELATED)
    return [row for row in rows.order_by("moved_on", "pk") if row.turn(desk.today) == Side.ABOVE]


def whose_turn(transfer: Transfer, on: dt.date) -> str:
    """In words, for lists."""
    side = transfer.turn(on)
    if side is None:
        return ""
    if side == Side.FROM:
        return transfer.from_name
    if side == Side.TO:
        return transfer.to_name
    return f"{transfer.from_name}的上级"


def users_to_tell(transfers: Iterable[Transfer], on: dt.date) -> dict[int, list[int]]:
    """Transfer → accounts of those whose turn it is: secretary and deputy of the branch; as superior those of the
    nearest organisation above that has any, else the section heads of its unit. A fixed number of queries."""
    rows = [(row, side) for row in transfers if (side := row.turn(on))]
    holders = _holders({path for row, side in rows for path in _paths(row, side)}, on)
    found: dict[int, list[int]] = {}
    lone: dict[int, int] = {}
    for row, side in rows:
        users = next((holders[path] for path in _paths(row, side) if holders.get(path)), [])
        found[row.pk] = users
        own = row.to_organisation if side == Side.TO else row.from_organisation
        if not users and own and own.unit_id:
            lone[row.pk] = own.unit_id
    heads = acting_holders(set(lone.values()), "section_head", on=on) if lone else {}
    for key, unit in lone.items():
        found[key] = list(heads.get(unit, ()))
    return found


def _paths(transfer: Transfer, side: Side) -> list[str]:
    """Tree paths of the organisations that may act for a side, the nearest first."""
    if side == Side.TO:
        return [transfer.to_organisation.path]
    path, step = transfer.from_organisation.path, Organisation.steplen
    if side == Side.FROM:
        return [path]
    return [path[:end] for end in range(len(path) - step, 0, -step)]


def _holders(paths: Collection[str], on: dt.date) -> dict[str, list[int]]:
    posts = Post.objects.current(on).filter(
        organisation__path__in=list(paths), kind__in=DECIDING, user__isnull=False, user__is_active=True
    )
    found: dict[str, list[int]] = {}
    for path, user in posts.order_by("pk").values_list("organisation__path", "user_id"):
        found.setdefault(path, []).append(user)
    return found
