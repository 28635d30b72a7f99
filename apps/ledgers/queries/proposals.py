"""What speaks for another tier than the decided one, and what is new since it was decided."""

from dataclasses import dataclass

from apps.ledgers.choices import Level, Reason
from apps.ledgers.models import CareTier, TierAdvice


@dataclass(frozen=True)
class Proposal:
    """`now` None where nobody decided yet; `added` and `gone`: reasons since the last decision."""

    now: Level | None
    proposed: Level
    reasons: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_raised(self) -> bool:
        """More care than now; nobody decided counts as the least."""
        return self.proposed < (self.now or Level.THIRD)

    @property
    def direction(self) -> str:
        if self.now is None:
            return "新定"
        return "提高" if self.is_raised else "降低"


def proposal_of(advice: TierAdvice, tier: CareTier | None) -> Proposal:
    """See rule book 8.13."""
    standing = tier if tier is not None and tier.voided_at is None else None
    before = set(standing.suggested_reasons) if standing else set()
    return Proposal(
        now=Level(standing.level) if standing else None,
        proposed=Level(advice.level),
        reasons=words_of(advice.reasons),
        added=words_of([one for one in advice.reasons if one not in before]) if standing else (),
        gone=words_of([one for one in standing.suggested_reasons if one not in set(advice.reasons)])
        if standing
        else (),
    )


def words_of(reasons) -> tuple[str, ...]:
    return tuple(str(Reason(one).label) for one in reasons)


def change_words(proposal: Proposal) -> str:
    """多了：独居；少了：空巢"""
    parts = []
    if proposal.added:
        parts.append(f"多了：{'、'.join(proposal.added)}")
    if proposal.gone:
        parts.append(f"少了：{'、'.join(proposal.gone)}")
    return "；".join(parts)
