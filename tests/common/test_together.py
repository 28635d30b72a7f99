"""Querysets read in one statement give what they give alone."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, F, Value
from django.test.utils import CaptureQueriesContext

from apps.common.together import read_together
from apps.people.models import Person
from apps.registry.models import Cadre
from tests.access_world import OBJECTS, make_side
from tests.builders import make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def side():
    side = make_side("甲", "李德厚", make_unit())
    for label, build in OBJECTS.items():
        side.objects[label] = build(side)
    return side


def test_rows_of_every_model_come_back_as_they_are(side):
    models = [model for model in apps.get_models() if model.__module__.startswith("apps.") and model._meta.managed]
    parts = {model._meta.label: model._base_manager.order_by("pk")[:2] for model in models}
    with CaptureQueriesContext(connection) as queries:
        found = read_together(parts)

    assert len(queries) == 1
    names = {model: [field.attname for field in model._meta.concrete_fields] for model in models}
    for model in models:
        alone = [{name: row.__dict__[name] for name in names[model]} for row in parts[model._meta.label]]
        assert [{name: row.__dict__[name] for name in names[model]} for row in found[model._meta.label]] == alone
    assert sum(map(len, found.values())) > 50


def test_relations_order_values_and_deferred_fields_are_kept(side):
    parts = {
        "joined": Cadre.objects.select_related("person", "managing_unit", "person__community"),
        "short": Person.objects.only("name").order_by("-name"),
        "values": Cadre.objects.values("managing_unit").annotate(people=Count("pk")).order_by(),
        "union": Person.objects.order_by().annotate(what=Value("a"), key=F("pk")).values_list("what", "key", named=True)
        .union(Cadre.objects.order_by().annotate(what=Value("b"), key=F("pk")).values_list("what", "key"), all=True)
        .order_by("what", "key"),
        "nothing": Person.objects.none(),
    }  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        found = read_together(parts)
        assert found["joined"][0].person.name
        assert found["joined"][0].managing_unit.name
        assert [row.name for row in found["short"]] == sorted((row.name for row in found["short"]), reverse=True)

    assert len(queries) == 1
    assert "birth_note" in found["short"][0].get_deferred_fields()
    assert found["values"] == list(parts["values"])
    assert found["union"] == list(parts["union"])
    assert found["nothing"] == []


def test_parts_that_can_have_no_rows_ask_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_together({"nobody": Person.objects.none()}) == {"nobody": []}
