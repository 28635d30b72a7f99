"""What every write here checks before it writes."""

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from apps.branches.choices import Kind, Level, Link
from apps.branches.models import Membership, Organisation
from apps.branches.models.capable import HELD
from apps.branches.rules import able, misplaced
from apps.common.errors import BusinessError
from apps.common.fields import EncryptedTextField


def check(record: Model) -> None:
    """Run the model's own checks; raises BusinessError with the constraint's sentence. Encrypted fields have none."""
    sealed = {field.name for field in record._meta.fields if isinstance(field, EncryptedTextField)}
    try:
        record.full_clean(exclude=sealed)
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error


def save(record: Model, **save) -> None:
    """Save under the constraints; a neighbour who was quicker gets the same sentence."""
    check(record)
    try:
        with transaction.atomic():
            record.save(**save)
    except IntegrityError as error:
        raise BusinessError("刚有人改了同一位老同志的记录，请刷新后再看。", code="concurrent") from error


def not_after_today(on: datetime.date, what: str) -> None:
    if on > timezone.localdate():
        raise BusinessError(f"{what}不能晚于今天；将来的变动到时再登记。", code="future", field="on")


def require_standing(organisation: Organisation, on: datetime.date) -> None:
    if organisation.voided_at or (organisation.dissolved_on and organisation.dissolved_on <= on):
        raise BusinessError("这个党组织已撤销，请选择现有的党组织。", code="dissolved", field="organisation")


def held_rows(organisation: Organisation, kind: str) -> list[tuple[int, str]]:
    """(number, noun) of what an organisation has that one of `kind` may not have."""
    found = []
    with connection.cursor() as cursor:
        for one in HELD:
            if able(kind, one.capability):
                continue
            cursor.execute(
                f"SELECT count(*) FROM {one.table} t WHERE t.{one.column} = %s AND {one.condition}",  # noqa: S608 (ours)
                [organisation.pk],
            )
            if number := cursor.fetchone()[0]:
                found.append((number, one.noun))
    return found


def require_kind(organisation: Organisation, kind: str) -> None:
    """Refuse a change of kind that would leave rows behind which the new kind may not have (domain 2.2.1)."""
    if held := held_rows(organisation, kind):
        rows = "、".join(f"{number} {noun}" for number, noun in held)
        raise BusinessError(
            f"它有 {rows}，不能改成{Kind(kind).label}党组织。请先办转接；以前的记录要留着的，请撤销它再另设一个。",
            code="held",
            field="kind",
        )


def require_level(organisation: Organisation, level: str) -> None:
    """Refuse a change of level that breaks the order of the tree, or leaves formal relations outside a branch."""
    parent = Organisation.objects.get_parent(organisation)
    if sentence := misplaced(level, parent.level if parent else None):
        raise BusinessError(sentence, code="level", field="level")
    for child in Organisation.objects.get_children(organisation).filter(voided_at__isnull=True):
        if sentence := misplaced(child.level, level):
            raise BusinessError(f"下面有“{child}”：{sentence}", code="level", field="level")
    links = Membership.objects.filter(organisation=organisation, ends_on__isnull=True, voided_at__isnull=True)
    if level != Level.BRANCH and (number := links.filter(link=Link.FORMAL).count()):
        raise BusinessError(
            f"它有 {number} 名党员的正式组织关系，不能改成{Level(level).label}。请先在下面设党支部，把党员转过去。",
            code="level",
            field="level",
        )
    if level == Level.GROUP and links.exists():
        raise BusinessError("它还有成员，不能改成党小组。", code="level", field="level")
