"""What the planner makes of a duty, and which contact keeps it. Values in, values out: no rows, no clock."""

import itertools
from dataclasses import dataclass

from apps.ledgers.choices import FESTIVALS, By, ContactKind, DutyKind, Means, Method
from apps.people.choices import ReachBy

from .duties import BUREAU, DutyRules

# A call or letter would do for these; for all others somebody goes.
CALL_KINDS = (DutyKind.VETERAN_CALL, DutyKind.FOCUS_CONTACT, DutyKind.RISK_CONTACT, DutyKind.DISCHARGE)
# The journey to those who live elsewhere is what is owed: nothing takes its place.
FIXED_KINDS = (DutyKind.AWAY_VISIT,)


@dataclass(frozen=True)
class Turn:
    """A duty of `kind` becomes `means` for whoever is `away` on its last day in time, `reach_by` and `deaf` so."""

    kind: DutyKind
    away: bool
    reach_by: ReachBy
    deaf: bool
    means: Means


def means_of(kind: DutyKind, *, away: bool, reach_by: str, deaf: bool, rules: DutyRules) -> Means:
    """How a duty is done (issue 3): a visit becomes a call while he is away, or a letter where only letters reach
    him; a call becomes what he can use: a visit for whoever wants one or does not hear the telephone.

    See rule book 4.10.
    """
    letter = reach_by == ReachBy.LETTER
    if kind in FIXED_KINDS:
        return Means.AS_IS
    if kind not in CALL_KINDS:
        return (Means.LETTER if letter else Means.CALL) if away else Means.AS_IS
    if letter:
        return Means.LETTER
    needs_visit = reach_by == ReachBy.VISIT or (deaf and (reach_by == ReachBy.THROUGH or rules.deaf_call_means_visit))
    return Means.VISIT if needs_visit and not away else Means.AS_IS


def turns(rules: DutyRules) -> list[Turn]:
    """Every combination in which a duty is not done as its kind says: a small table for the planner to join."""
    found = []
    for kind, away, reach_by, deaf in itertools.product(DutyKind, (False, True), ReachBy, (False, True)):
        means = means_of(kind, away=away, reach_by=reach_by, deaf=deaf, rules=rules)
        if means != Means.AS_IS:
            found.append(Turn(kind, away, reach_by, deaf, means))
    return found


# Which contact keeps which duty -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Acceptance:
    """A contact keeps a duty of `kind` done by `means` when its method, kind and author are among these; empty means
    any. A call counts by its outcome besides (`DutyRules.counted_outcomes`)."""

    kind: DutyKind
    means: Means
    methods: tuple[Method, ...]
    contact_kinds: tuple[ContactKind, ...] = ()
    by: tuple[By, ...] = ()


def acceptances(rules: DutyRules) -> list[Acceptance]:
    """Lines for each duty kind and what the planner may make of it (domain 3.6: a call does not satisfy a visit rule
    unless the rule says so). A visit keeps everything. See rule book 4.5."""
    greeting = (ContactKind.FESTIVAL, ContactKind.RESETTLED)
    contact_kinds = {DutyKind.VETERAN_TALK: (ContactKind.TALK,), **dict.fromkeys(FESTIVALS, greeting)}
    by = {DutyKind.RISK_BUREAU: BUREAU}
    means_by_kind = {kind: {Means.AS_IS} for kind in DutyKind}
    for turn in turns(rules):
        means_by_kind[turn.kind].add(turn.means)
    return [
        Acceptance(kind, means, _methods(kind, means, rules), contact_kinds.get(kind, ()), by.get(kind, ()))
        for kind, each in means_by_kind.items()
        for means in sorted(each)
    ]


def _methods(kind: DutyKind, means: Means, rules: DutyRules) -> tuple[Method, ...]:
    either = tuple(dict.fromkeys((*rules.visit_methods, *rules.call_methods)))
    if means == Means.VISIT:
        return rules.visit_methods
    if means in (Means.CALL, Means.LETTER):
        return tuple(dict.fromkeys((*either, Method.LETTER)))
    return either if kind in CALL_KINDS else rules.visit_methods
