import datetime

import pytest
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.organisation import services
from apps.organisation.models import Unit
from apps.organisation.queries import ancestor_ids, subtree_ids
from tests.builders import make_unit

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def tree():
    """bureau > (education > school, finance)"""
    bureau = make_unit()
    education = make_unit("教育局", parent=bureau)
    return {
        "bureau": bureau,
        "education": education,
        "school": make_unit("一中", parent=education),
        "finance": make_unit("财政局", parent=bureau),
    }


def fresh(unit):
    return Unit.objects.get(pk=unit.pk)


def test_added_unit_stands_below_its_parent(tree):
    unit = services.add_unit(Unit(name="二中", code="EZ"), parent=tree["education"], actor=None)

    assert Unit.objects.get_parent(fresh(unit)) == tree["education"]
    assert list(AuditEntry.objects.values_list("action", "target")) == [("add_unit", f"organisation.unit:{unit.pk}")]


def test_same_code_is_refused_with_a_sentence(tree):
    with pytest.raises(BusinessError, match="单位代码"):
        services.add_unit(Unit(name="别名", code=tree["school"].code), parent=tree["education"], actor=None)


def test_moving_takes_everything_below_along(tree):
    services.move_unit(tree["education"], tree["finance"], actor=None)

    assert ancestor_ids(fresh(tree["school"])) == [
        tree[name].pk for name in ("school", "education", "finance", "bureau")
    ]
    assert subtree_ids([fresh(tree["finance"])]) == {tree[name].pk for name in ("finance", "education", "school")}


def test_unit_moves_to_the_top_and_back(tree):
    services.move_unit(tree["education"], None, actor=None)
    assert Unit.objects.get_root(fresh(tree["school"])) == tree["education"]

    services.move_unit(tree["education"], fresh(tree["bureau"]), actor=None)
    assert Unit.objects.get_root(fresh(tree["school"])) == tree["bureau"]


def test_unit_cannot_stand_below_itself(tree):
    with pytest.raises(BusinessError, match="自己或它的下级"):
        services.move_unit(tree["education"], tree["school"], actor=None)


def test_closing_needs_a_successor_for_what_hangs_below(tree):
    with pytest.raises(BusinessError, match="还有下级单位（一中）"):
        services.close_unit(tree["education"], on=DAY, successor=None, actor=None, reason="机构改革")
    assert fresh(tree["education"]).closed_on is None


def test_merging_hands_subunits_over(tree):
    services.close_unit(tree["education"], on=DAY, successor=tree["finance"], actor=None, reason="机构改革")

    closed = fresh(tree["education"])
    assert (closed.closed_on, closed.successor) == (DAY, tree["finance"])
    assert Unit.objects.get_parent(fresh(tree["school"])) == tree["finance"]
    assert closed not in Unit.objects.open()
    again = services.close_unit(closed, on=timezone.localdate(), successor=None, actor=None, reason="")
    assert again.closed_on == DAY


def test_closed_unit_takes_no_new_ones_until_reopened(tree):
    services.close_unit(tree["school"], on=DAY, successor=None, actor=None, reason="停办")
    with pytest.raises(BusinessError, match="已撤并"):
        services.add_unit(Unit(name="分校", code="FX"), parent=tree["school"], actor=None)

    services.reopen_unit(tree["school"], actor=None, reason="登记错了")
    assert services.add_unit(Unit(name="分校", code="FX"), parent=tree["school"], actor=None).pk


def test_future_closing_is_refused(tree):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(BusinessError, match="不能晚于今天"):
        services.close_unit(tree["school"], on=tomorrow, successor=None, actor=None, reason="")
