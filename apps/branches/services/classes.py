"""Who is invited to a training class for secretaries, and who came."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from apps.branches.models import ClassSeat, Post, SecretaryClass
from apps.common import audit
from apps.common.secrecy_words import refuse_marks


@transaction.atomic
def seat(secretary_class: SecretaryClass, posts: Sequence[Post], *, actor) -> int:
    """Put the holders of posts on the list; who is there already stays as he is. Returns how many are new."""
    SecretaryClass.objects.select_for_update(of=("self",)).get(pk=secretary_class.pk)
    known = set(secretary_class.seats.values_list("person_id", flat=True))
    rows: dict[int, ClassSeat] = {}
    for post in posts:
        if post.person_id not in known:
            rows.setdefault(
                post.person_id,
                ClassSeat(
                    secretary_class=secretary_class, person_id=post.person_id, organisation_id=post.organisation_id,
                    post_kind=post.kind,
                ),
            )  # fmt: skip
    ClassSeat.objects.bulk_create(rows.values(), ignore_conflicts=True)
    if rows:
        _note("class.seat", secretary_class, rows, actor)
    return len(rows)


@transaction.atomic
def unseat(secretary_class: SecretaryClass, people: Collection[int], *, actor) -> int:
    """Strike people off the list; returns how many."""
    gone = list(secretary_class.seats.filter(person_id__in=list(people)).values_list("person_id", flat=True))
    if gone:
        secretary_class.seats.filter(person_id__in=gone).delete()
        _note("class.unseat", secretary_class, gone, actor)
    return len(gone)


@transaction.atomic
def note_attendance(
    secretary_class: SecretaryClass, came: Collection[int], certificates: Mapping[int, str], *, actor
) -> int:
    """Note who came and the numbers of certificates; people who are not on the list are left out. Returns how many
    rows changed."""
    changed = []
    for row in secretary_class.seats.select_for_update(of=("self",)).order_by("pk"):
        number = _tidy(certificates.get(row.person_id, row.certificate_no))
        if (row.attended, row.certificate_no) != (row.person_id in came, number):
            row.attended, row.certificate_no = row.person_id in came, number
            changed.append(row)
    ClassSeat.objects.bulk_update(changed, ["attended", "certificate_no"])
    if changed:
        _note("class.attend", secretary_class, [row.person_id for row in changed], actor)
    return len(changed)


def _tidy(number: str) -> str:
    """Without unseen characters; refuses marks of secrecy."""
    number = "".join(letter for letter in number if letter.isprintable()).strip()[:40]
    refuse_marks(number, field="certificate_no")
    return number


def _note(action: str, secretary_class: SecretaryClass, people, actor) -> None:
    target = f"branches.secretaryclass:{secretary_class.pk}"
    audit.record(action, actor=actor, people=list(people), target=target)
