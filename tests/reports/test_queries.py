import datetime

import pytest

from apps.reports.queries import headcount
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)


def test_headcount_counts_the_living_of_the_scope():
    bureau = make_unit()
    district = make_unit("云山区委老干部局", parent=bureau)
    school = make_unit("云山区第一中学", parent=district)
    other = make_unit("江北区委老干部局", parent=bureau)
    make_cadre("李德厚", unit=school, retire_type="veteran", birth_date="1926-11-22", political_status="01")
    make_cadre("王秀兰", unit=district, birth_date="1946-11-23", living="alone", political_status="13")
    make_cadre("吴志强", unit=district, birth_date="1950-01-01", life_status="deceased")
    make_cadre("陈秀英", unit=other, birth_date=None)

    counts = headcount(make_user("head", role="leader", unit=district), on=TODAY)

    assert (counts.total, counts.veterans, counts.retired, counts.members, counts.alone) == (2, 1, 1, 1, 1)
    assert [n for _, n in counts.ages] == [0, 0, 1, 0, 0, 1]
    assert counts.units == [("云山区委老干部局", 2, 1, 1)]
    assert headcount(make_user("top", role="leader", unit=bureau), on=TODAY).unknown_age == 1
