import datetime

import pytest

from apps.organisation.after_migrate import load_divisions
from apps.organisation.models import Division

pytestmark = pytest.mark.django_db


def test_divisions_are_there_after_migrate_and_loading_again_writes_nothing():
    assert Division.objects.count() > 6000
    assert Division.objects.get(code="110101").full_name == "北京市东城区"

    assert load_divisions() == 0


def test_what_the_bureau_wrote_stays_and_a_lost_mark_comes_back():
    Division.objects.filter(code="110101").update(name="东城", full_name="北京东城")
    Division.objects.filter(code="110103").update(disabled_on=None)
    Division.objects.create(code="990001", name="新区", full_name="云江市新区", level="county")

    assert load_divisions() == 1
    assert Division.objects.get(code="110101").name == "东城"
    assert Division.objects.get(code="110103").disabled_on == datetime.date(2009, 12, 31)
    assert Division.objects.filter(code="990001").exists()
