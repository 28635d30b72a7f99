"""What other subjects of the ledger know of a person, as lines of the five sections; each asks its own right."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Max, Q

from apps.ledgers.choices import NOT_REACHED
from apps.ledgers.choices.treatments import NearbyKind
from apps.ledgers.models import (
    AidApplication,
    ContactPerson,
    ConvalescencePlace,
    HomeAdaptation,
    NearbyService,
    Subscription,
    TreatmentDue,
)
from apps.ledgers.rules import VISITS

from .adaptation import waiting_words
from .plan_lines import About, Line

VIEW_DUES, VIEW_PAPERS = "ledgers.view_treatmentdue", "ledgers.view_subscription"
VIEW_PLACES, VIEW_WORKS = "ledgers.view_convalescenceplace", "ledgers.view_homeadaptation"
VIEW_AID, VIEW_CONTACT = "ledgers.view_aidapplication", "ledgers.view_contact"


def treatments(about: About) -> Iterator[Line]:
    """This year's items: how often received, and what is still to come."""
    if not about.sees(VIEW_DUES):
        return
    rows = TreatmentDue.objects.filter(
        cadre=about.cadre, run__period_start__year=about.on.year, voided_at__isnull=True, stopped_on__isnull=True
    )
    counts: dict[str, Counter] = {}
    for name, received in rows.order_by("run__item", "pk").values_list("run__item__name", "received_on"):
        counts.setdefault(name, Counter())["已领" if received else "待领"] += 1
    for name, count in counts.items():
        yield Line(
            label=name, text="，".join(f"{words} {number} 期" for words, number in count.items()), right=VIEW_DUES
        )


def papers(about: About) -> Iterator[Line]:
    if not about.sees(VIEW_PAPERS):
        return
    rows = Subscription.objects.filter(cadre=about.cadre, year=about.on.year, voided_at__isnull=True)
    titles = rows.filter(ends_on__isnull=True).order_by("pk").values_list("title", flat=True)
    yield Line(label="订阅报刊", text="、".join(titles), right=VIEW_PAPERS)


def convalescence(about: About) -> Iterator[Line]:
    if not about.sees(VIEW_PLACES):
        return
    rows = ConvalescencePlace.objects.filter(
        cadre=about.cadre, batch__starts_on__year=about.on.year, voided_at__isnull=True
    )
    for row in rows.select_related("batch").order_by("pk")[:2]:
        yield Line(label="疗养", text=f"{row.batch.name}，{row.get_state_display()}", right=VIEW_PLACES)


def works(about: About) -> Iterator[Line]:
    """The latest adaptation of his home."""
    if not about.sees(VIEW_WORKS):
        return
    row = HomeAdaptation.objects.filter(cadre=about.cadre, voided_at__isnull=True).order_by("-asked_on", "-pk").first()
    if row is not None:
        yield Line(label="适老化改造", text=waiting_words(row, about.on)[0], right=VIEW_WORKS)


def contacts(about: About) -> Iterator[Line]:
    """Visits and calls of the year: the means, with the day he was last reached."""
    if not about.sees(VIEW_CONTACT):
        return
    reached = ContactPerson.objects.filter(person=about.cadre.pk, contact__voided_at__isnull=True).exclude(
        contact__outcome__in=NOT_REACHED
    )
    year = Q(contact__happened_on__year=about.on.year)
    visit = Q(contact__method__in=VISITS)
    found = reached.aggregate(
        visits=Count("pk", filter=year & visit), calls=Count("pk", filter=year & ~visit),
        last=Max("contact__happened_on"),
    )  # fmt: skip
    if found["last"]:
        words = f"看望 {found['visits']} 次，电话等联系 {found['calls']} 次，最近 {found['last']:%Y-%m-%d}"
        yield Line(label="今年看望联系", text=words, right=VIEW_CONTACT)


def aid(about: About) -> Iterator[Line]:
    """Applications of the year and how far they are; no amounts and no reasons."""
    if not about.sees(VIEW_AID):
        return
    rows = AidApplication.objects.filter(cadre=about.cadre, year=about.on.year, voided_at__isnull=True)
    for row in rows.order_by("pk")[:2]:
        yield Line(label="困难帮扶", text=row.get_state_display(), right=VIEW_AID)


def community(about: About) -> Iterator[Line]:
    """Where he lives and what there is near by (四就近)."""
    home = about.cadre.person.community
    if home is None:
        return
    yield Line(label="所在社区", text=str(home))
    rows = NearbyService.objects.filter(community=home, ends_on__isnull=True, voided_at__isnull=True)
    offered = set(rows.values_list("kind", flat=True))
    yield Line(label="社区能提供", text="、".join(str(kind.label) for kind in NearbyKind if kind in offered))
