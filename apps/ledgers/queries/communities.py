"""Coverage of 四就近 by residence, and what the service catalogue offers: a fixed number of statements."""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from apps.ledgers.choices.treatments import NearbyKind
from apps.ledgers.models import NearbyService, ServiceOffer
from apps.organisation.models import Community
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre


@dataclass
class CommunityLine:
    """A community with the visible cadres living there and what it offers of the four."""

    community: Community | None
    people: int
    offered: dict[str, NearbyService] = field(default_factory=dict)

    @property
    def cells(self) -> list[NearbyService | None]:
        return [self.offered.get(kind) for kind in NearbyKind.values]


@dataclass
class Coverage:
    """Lines by community, and for each of the four how many live with and without it; `nowhere`: no community known."""

    lines: list[CommunityLine]
    total: int = 0
    nowhere: int = 0
    covered: dict[str, int] = field(default_factory=dict)

    @property
    def kinds(self) -> list[tuple[str, int, int]]:
        """(name, with, without) of each."""
        return [
            (str(NearbyKind(kind).label), self.covered.get(kind, 0), self.total - self.covered.get(kind, 0))
            for kind in NearbyKind.values
        ]


def coverage_of(user) -> Coverage:
    """Where the living cadres in the user's reach live, and what is offered there: three statements."""
    people = (
        Cadre.objects.current().visible_to(user).filter(person__life_status=LifeStatus.LIVING)
        .order_by().values("person__community").annotate(people=Count("pk"))
    )  # fmt: skip
    numbers = {row["person__community"]: row["people"] for row in people}
    nowhere = numbers.pop(None, 0)
    offered: dict[int, dict[str, NearbyService]] = {}
    for one in NearbyService.objects.filter(voided_at__isnull=True, ends_on__isnull=True):
        offered.setdefault(one.community_id, {})[one.kind] = one
    places = Community.objects.filter(Q(pk__in=numbers) | Q(pk__in=offered)).select_related("division")
    lines = [CommunityLine(one, numbers.get(one.pk, 0), offered.get(one.pk, {})) for one in places]
    lines.sort(key=lambda line: (len(line.offered), -line.people, line.community.pk))
    found = Coverage(lines, total=sum(numbers.values()) + nowhere, nowhere=nowhere)
    for line in lines:
        for kind in line.offered:
            found.covered[kind] = found.covered.get(kind, 0) + line.people
    return found


def offers_for(community_id: int | None):
    """What may be ordered for somebody living there: the city's offers and his own community's, by kind. For staff who
    choose who does a measure."""
    rows = ServiceOffer.objects.filter(voided_at__isnull=True, ends_on__isnull=True)
    return rows.filter(Q(community__isnull=True) | Q(community=community_id)).order_by("kind", "name", "pk")
