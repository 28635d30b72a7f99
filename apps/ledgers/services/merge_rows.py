"""Moving rows from one person to another and back: the mechanics of a merge, without its meaning (ADR 0018).

Relations are found in the app registry; what becomes of each is declared in `people.merging`. All in the caller's
transaction. What was done is returned as plain values (`Moved`) that JSON keeps and undoing reads.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Field, Model
from pghistory.models import Event

from apps.common.errors import BusinessError
from apps.common.fields import EncryptedTextField
from apps.people import merging
from apps.people.merging import How
from apps.people.models import Person
from apps.registry.models import Cadre

BY_DEFAULT = "两份登记的“{what}”互相冲突，请先更正其中一份。"


@dataclass
class Moved:
    """`rows`: relation → [[key, version or None]] as they stood after the merge; `stayed`: relation → how many;
    `edits`: [model, key, column, before, after]."""

    rows: dict[str, list] = field(default_factory=dict)
    stayed: dict[str, int] = field(default_factory=dict)
    edits: list[list] = field(default_factory=list)


def relations() -> Iterator[tuple[str, type[Model], Field]]:
    """(app.Model.field, model, field) of every key to Person or Cadre, through tables of many-to-many included; the
    tables of history keep what was."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event) or model._meta.proxy:
            continue
        for item in model._meta.concrete_fields:
            if item.is_relation and item.related_model in (Person, Cadre) and item.model is model:
                yield f"{model._meta.label}.{item.name}", model, item


def counts(person_id: int) -> dict[str, int]:
    """relation → how many rows of a person would move; for showing what a merge does. A statement a relation."""
    found = {}
    for label, model, item in relations():
        if merging.relations[label].how != How.KEEP:
            number = model._base_manager.filter(**{item.attname: person_id}).count()
            if number:
                found[label] = number
    return found


def move_all(winner: Person, loser: Person, now: dt.datetime) -> Moved:
    """Everything of the loser to the winner by the declared rules. Raises BusinessError where a rule says stop; the
    caller's transaction then writes nothing."""
    moved = Moved()
    for label, model, item in relations():
        rule = merging.relations[label]
        if rule.how != How.KEEP:
            _move(moved, label, model, item, winner.pk, loser.pk, rule)
    for changes in merging.edits:
        for edit in changes(winner, loser, now):
            _edit(moved, edit)
    for label, pairs in moved.rows.items():
        moved.rows[label] = _with_versions(label, [key for key, _ in pairs])
    return moved


def _move(moved: Moved, label, model, item, winner_id: int, loser_id: int, rule) -> None:
    rows = model._base_manager.filter(**{item.attname: loser_id})
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return
    # Where the key to the person is the row's own key, the row is found by the new one afterwards.
    after = (lambda key: winner_id) if item.primary_key else (lambda key: key)
    if _point(model, item, keys, winner_id):
        moved.rows[label] = [[after(key), None] for key in keys]
        return
    for key in keys:
        if _point(model, item, [key], winner_id):
            moved.rows.setdefault(label, []).append([after(key), None])
        elif rule.how == How.STOP:
            what = model._meta.verbose_name
            raise BusinessError(rule.words or BY_DEFAULT.format(what=what), code="merge_conflict")
        else:
            moved.stayed[label] = moved.stayed.get(label, 0) + 1


def check_keys(sentence: str) -> None:
    """Raises BusinessError with `sentence` where a row was left pointing to what is not there any more; the database
    would say so only at the end of the transaction."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise BusinessError(sentence, code="merge_keys") from error


def _point(model, item, keys: list, person_id: int) -> bool:
    """Whether the rows could be pointed to the person; a constraint or trigger that refuses leaves them all."""
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).update(**{item.attname: person_id})
    except DatabaseError:
        return False
    return True


def _edit(moved: Moved, edit: merging.Edit) -> None:
    model, key = type(edit.row), edit.row.pk
    fresh = model._base_manager.get(pk=key)
    before = {name: pack(getattr(fresh, name)) for name in edit.values}
    model._base_manager.filter(pk=key).update(**edit.values)
    for name, value in edit.values.items():
        moved.edits.append([model._meta.label, key, name, before[name], pack(value)])


def _with_versions(label: str, keys: list) -> list[list]:
    model = apps.get_model(label.rpartition(".")[0])
    if not any(item.name == "version" for item in model._meta.concrete_fields):
        return [[key, None] for key in keys]
    return [list(pair) for pair in model._base_manager.filter(pk__in=keys).order_by("pk").values_list("pk", "version")]


# Back -------------------------------------------------------------------------------------------------------------


def move_back(moved: Moved, winner: Person, loser: Person) -> list[list]:
    """What a merge moved goes back where it still stands as the merge left it; returns [model, key] of the rest:
    changed since, or in the way of a constraint."""
    left: list[list] = []
    raised: Counter = Counter()  # undoing an edit raises the version of its row
    for label, key, name, before, after in reversed(moved.edits):
        model = apps.get_model(label)
        item = model._meta.get_field(name)
        row = model._base_manager.filter(pk=key).first()
        if row is None or pack(getattr(row, name)) != after:
            left.append([label, key])
            continue
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=key).update(**{name: unpack(item, before)})
                raised[label, key] += 1
        except DatabaseError:
            left.append([label, key])
    # A row with two keys to the person is moved twice: all versions are compared before the first is.
    going = {label: _unchanged(label, pairs, raised) for label, pairs in moved.rows.items()}
    for label, pairs in moved.rows.items():
        left += _back(label, pairs, winner.pk, loser.pk, going[label])
    return [list(pair) for pair in dict.fromkeys(tuple(pair) for pair in left)]


def _unchanged(label: str, pairs: list, raised: Counter) -> set:
    """Keys of the rows that stand as the merge left them."""
    name = label.rpartition(".")[0]
    now = dict(_with_versions(label, [key for key, _ in pairs]))
    return {
        key
        for key, version in pairs
        if key in now and now[key] == (version if version is None else version + raised[name, key])
    }


def _back(label: str, pairs: list, winner_id: int, loser_id: int, unchanged: set) -> list[list]:
    name, _, column = label.rpartition(".")
    model = apps.get_model(name)
    item = model._meta.get_field(column)
    left = [key for key, _ in pairs if key not in unchanged]
    rows = model._base_manager.filter(pk__in=unchanged, **{item.attname: winner_id})
    going = list(rows.values_list("pk", flat=True))
    if going and not _point(model, item, going, loser_id):
        left += [key for key in going if not _point(model, item, [key], loser_id)]
    return [[name, key] for key in left]


# Values -----------------------------------------------------------------------------------------------------------


def pack(value):
    """As JSON keeps it."""
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()  # the same moment whatever zone it was read in
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Model):
        return value.pk
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    return str(value)


def unpack(item: Field, value):
    if isinstance(value, dict) and "hex" in value:
        return bytes.fromhex(value["hex"])
    if isinstance(value, list) or isinstance(item, EncryptedTextField):
        return value
    return value if value is None else item.to_python(value)
