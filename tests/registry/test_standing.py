"""Units, types, ranks and treatments over time: half-open spans with documents, one writer."""

import datetime

import pytest

from apps.common.errors import BusinessError
from apps.registry.choices import SpanKind, StandingKind
from apps.registry.models import Cadre, StandingSpan, UnitSpan
from apps.registry.services import standing
from tests.builders import make_cadre, make_unit

pytestmark = pytest.mark.django_db
D = datetime.date
MAY_2020 = D(2020, 5, 1)


@pytest.fixture
def cadre():
    return make_cadre(
        unit=make_unit(), treatment="132", treatment_since=D(2010, 1, 1), treatment_document="甲〔2010〕1号"
    )


def raise_treatment(cadre, value="131", since=MAY_2020, document="乙〔2020〕2号"):
    return standing.change(cadre, StandingKind.TREATMENT, value, since=since, document_no=document)


def test_change_closes_a_half_open_span(cadre):
    assert raise_treatment(cadre)

    cadre.refresh_from_db()
    assert (cadre.treatment, cadre.treatment_since, cadre.treatment_document) == ("131", D(2020, 5, 1), "乙〔2020〕2号")
    span = StandingSpan.objects.get()
    assert (span.value, span.starts_on, span.ends_on) == ("132", D(2010, 1, 1), D(2020, 5, 1))


def test_same_value_again_changes_nothing(cadre):
    raise_treatment(cadre)

    assert not raise_treatment(cadre, since=D(2021, 1, 1))
    assert StandingSpan.objects.count() == 1


@pytest.mark.parametrize("since", [D(2009, 12, 31), D(2010, 1, 1)])
def test_change_must_come_after_the_start_of_the_present_value(cadre, since):
    with pytest.raises(BusinessError, match="更正"):
        raise_treatment(cadre, since=since)


def test_value_on_a_day_is_read_from_the_spans(cadre):
    raise_treatment(cadre)
    raise_treatment(cadre, "122", D(2024, 1, 1))
    cadre.refresh_from_db()

    days = [D(2009, 12, 31), D(2010, 1, 1), D(2020, 4, 30), D(2020, 5, 1), D(2023, 12, 31), D(2024, 1, 1)]
    assert [standing.value_on(cadre, StandingKind.TREATMENT, day) for day in days] == [
        None, "132", "132", "131", "131", "122",
    ]  # fmt: skip


def test_correction_leaves_no_span(cadre):
    assert standing.correct(cadre, StandingKind.TREATMENT, "131", since=D(2010, 1, 1))

    cadre.refresh_from_db()
    assert (cadre.treatment, StandingSpan.objects.count()) == ("131", 0)


def test_correction_may_not_begin_before_the_last_change(cadre):
    raise_treatment(cadre)

    with pytest.raises(BusinessError, match="有过变动"):
        standing.correct(cadre, StandingKind.TREATMENT, "122", since=D(2019, 1, 1))


def test_last_change_is_taken_back_exactly(cadre):
    before = Cadre.objects.values("treatment", "treatment_since").get()
    raise_treatment(cadre)

    assert standing.undo_last(cadre, StandingKind.TREATMENT)
    assert Cadre.objects.values("treatment", "treatment_since").get() == before
    assert not standing.undo_last(cadre, StandingKind.TREATMENT)


def test_units_have_their_own_spans(cadre):
    other = make_unit("云江市水利局", parent=cadre.managing_unit)

    standing.change(cadre, SpanKind.MANAGING, other, since=D(2026, 1, 1))

    cadre.refresh_from_db()
    assert (cadre.managing_unit, cadre.counting_unit) == (other, UnitSpan.objects.get().unit)
