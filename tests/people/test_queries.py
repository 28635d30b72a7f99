"""How to reach somebody: the words, the numbers in the order to try, and who pays how many statements."""

import datetime as dt

import pytest

from apps.common import crypto
from apps.common.phone import dial_link, readable_phone
from apps.organisation.models import Division
from apps.people.models import Phone, Whereabouts
from apps.people.queries import reach_of
from apps.people.rules import Reach, reach_words
from tests.builders import make_person

ON = dt.date(2026, 3, 10)


def make_phone(person, number, kind="mobile", **over):
    index = crypto.blind_index("phone", number)
    return Phone.objects.create(person=person, kind=kind, number=number, number_index=index, last4_index=index, **over)


def test_words_say_the_way_first_and_only_what_is_known():
    reach = Reach(
        1, by="landline", answers="老伴", hours="上午9点后", through="女儿", hearing=True, sight=True, dialect="潮汕话"
    )

    assert reach_words(reach) == (
        "打座机", "一般老伴接", "上午9点后方便", "也可请女儿转告", "听力不好", "视力不好", "讲潮汕话",
    )  # fmt: skip
    assert reach_words(Reach(1)) == ("打手机",)
    assert reach_words(Reach(1, by="through", through="对门赵阿姨")) == ("请对门赵阿姨转告",)
    assert reach_words(Reach(1, by="through")) == ("请人转告（没写请谁）",)
    assert Reach(1, by="visit").sentence == "上门，不用电话"


@pytest.mark.parametrize(
    ("stored", "shown", "dialled"),
    [
        ("13800001234", "138 0000 1234", "13800001234"),
        ("075782280001", "0757-82280001", "075782280001"),
        ("01065280001转12", "010-65280001转12", "01065280001,12"),
        ("82280001", "82280001", "82280001"),
        ("", "", ""),
    ],
)
def test_numbers_read_and_dial_with_their_area_code(stored, shown, dialled):
    assert (readable_phone(stored), dial_link(stored)) == (shown, dialled)


@pytest.mark.django_db
def test_numbers_come_in_the_order_to_try_and_only_for_whom_they_are_opened():
    wants_landline = make_person(reach_by="landline", residence="云江市南河区滨河路 12 号")
    other = make_person("陈秀英")
    make_phone(wants_landline, "13800001234")
    make_phone(wants_landline, "075782280001", "landline", whose="老伴", position=1)
    make_phone(other, "13800005678")

    found = reach_of([wants_landline.pk, other.pk], with_phones=[wants_landline.pk], on=ON)

    assert [number.number for number in found[wants_landline.pk].numbers] == ["075782280001", "13800001234"]
    assert found[wants_landline.pk].address == "云江市南河区滨河路 12 号"
    assert found[wants_landline.pk].first_number.whose == "老伴"
    assert (found[other.pk].numbers, found[other.pk].in_full) == ((), False)
    assert reach_of([], with_phones=True) == {}


@pytest.mark.django_db
def test_away_says_where_and_his_number_there_comes_first():
    person = make_person(residence="云江市南河区滨河路 12 号")
    make_phone(person, "13800001234")
    city = Division.objects.get(code="460200")
    Whereabouts.objects.create(
        person=person, kind="travelling", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 4, 1), division=city,
        place="海棠区海滨路 3 号", phone="089888880001",
    )  # fmt: skip

    now, back = (
        reach_of([person.pk], with_phones=True, on=ON),
        reach_of([person.pk], with_phones=True, on=dt.date(2026, 4, 1)),
    )

    assert now[person.pk].words[0] == "外出在海南省三亚市，4月1日前不在家"
    assert [number.number for number in now[person.pk].numbers] == ["089888880001", "13800001234"]
    assert now[person.pk].address == "海棠区海滨路 3 号"
    assert back[person.pk].words == ("打手机",)
    assert back[person.pk].address == "云江市南河区滨河路 12 号"


@pytest.mark.django_db
def test_one_statement_for_any_number(django_assert_num_queries):
    people = [make_person(f"李德{place}", residence="滨河路 12 号") for place in "甲乙丙"]
    for place, person in enumerate(people):
        make_phone(person, f"1380000123{place}")

    for ids in ([people[0].pk], [person.pk for person in people]):
        with django_assert_num_queries(1):
            reach_of(ids, with_phones=True, on=ON)
