"""Rows read by a plain statement, as instances: for what is asked at every press of a button while thousands press."""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def part_of(model: type[Row], **values: Any) -> Row:
    """An instance with these columns (by attribute, `unit_id`) as the database holds them; any other is read when it is
    wanted, as with `only()`."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    if len(names) != len(values):
        raise ValueError(f"not of {model.__name__}: {sorted(values.keys() - set(names))}")
    return model.from_db(connection.alias, names, [values[name] for name in names])
