"""Rows of volunteering found by the person they are about."""

from apps.people.models import Person
from apps.registry.queries import read_search


def by_person(queryset, term: str, path: str):
    """Rows whose person fits a typed text (name, reading, phone, whole number, last four); every row without one.
    `path` is the key to the person."""
    search = read_search(term)
    if not term.strip():
        return queryset
    if search.condition is None:
        return queryset.none()
    return queryset.filter(**{f"{path}__in": Person.objects.filter(search.condition).order_by().values("pk")})
