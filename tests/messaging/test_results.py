"""The operator's result file comes in, however the operator calls things, twice too."""

import io

import pytest

from apps.common.errors import BusinessError
from apps.common.workbook.writer import write_csv, write_sheet
from apps.messaging.models import Delivery
from apps.messaging.services import import_results, make_batch, post
from tests.builders import make_user

from .conftest import greeting, make_reachable
from .test_batches import MORNING, TODAY, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("clerk")


@pytest.fixture
def batch(clerk):
    for number, name in enumerate(("李德厚", "王秀兰", "赵建国")):
        post([greeting(make_reachable(name, number=f"1390000001{number}"))], now=MORNING)
    return make_batch("smsfile", actor=clerk, on=TODAY)


def serials():
    return list(Delivery.objects.filter(channel="smsfile").order_by("pk").values_list("pk", flat=True))


def workbook(header, rows, *, title=""):
    stream = io.BytesIO()
    write_sheet(stream, title, header, rows)
    return stream.getvalue()


def come_in(batch, clerk, data, name="结果.xlsx"):
    return import_results(batch, data, name, actor=clerk, now=MORNING)


def test_by_serial_with_words_of_the_operator(batch, clerk):
    first, second, third = serials()
    data = workbook(["流水号", "接收号码", "状态报告"],
                    [[str(first), "13900000010", "DELIVRD"], [second, "13900000011", "空号"], [third, "", "处理中"]],
                    title="移动集团短信结果")  # fmt: skip

    told = come_in(batch, clerk, data)

    assert {name: told[name] for name in ("delivered", "failed", "unknown", "lines", "unmatched", "open")} == {
        "delivered": 1, "failed": 1, "unknown": 1, "lines": 3, "unmatched": 0, "open": 0,
    }  # fmt: skip
    assert states("smsfile") == [("sent", "file_ok"), ("failed", "file_failed"), ("unknown", "no_result")]
    assert states("sheet") == [("pending", "")]


def test_by_phone_from_a_csv_and_the_same_file_twice(batch, clerk):
    stream = io.BytesIO()
    write_csv(stream, ["手机号", "发送状态"], [["+86 139-0000-0010", "成功"], [13900000011, "失败"]])

    come_in(batch, clerk, stream.getvalue(), "r.csv")
    again = come_in(batch, clerk, stream.getvalue(), "r.csv")

    assert (again["delivered"], again["failed"], again["open"]) == (0, 0, 1)
    assert states("smsfile") == [("sent", "file_ok"), ("failed", "file_failed"), ("handed", "")]
    assert len(states("sheet")) == 1


def test_lines_that_fit_nobody_are_listed_with_masked_numbers(batch, clerk):
    told = come_in(batch, clerk, workbook(["手机号码", "状态"], [["13911112222", "成功"], ["没有", "失败"]]))

    batch.refresh_from_db()
    assert told["unmatched"] == 2
    assert batch.counts["unmatched_lines"] == [[2, "139****2222", "成功"], [3, "看不出号码", "失败"]]
    assert "13911112222" not in str(batch.counts)


def test_parts_that_disagree_leave_a_doubt(batch, clerk):
    first = serials()[0]

    come_in(batch, clerk, workbook(["序号", "状态"], [[first, "成功"], [first, "失败"]]))

    assert states("smsfile")[0] == ("unknown", "no_result")


@pytest.mark.parametrize(("data", "why"), [(b"not a workbook", "。"), (b"", "。")])
def test_a_file_that_is_none_is_refused_with_a_sentence(batch, clerk, data, why):
    with pytest.raises(BusinessError, match=why):
        come_in(batch, clerk, data)
    assert states("smsfile") == [("handed", "")] * 3


def test_a_file_without_known_columns_says_where_to_add_them(batch, clerk):
    with pytest.raises(BusinessError) as refused:
        come_in(batch, clerk, workbook(["甲", "乙"], [["1", "2"]]))

    assert "没有找到表头" in refused.value.sentence


def test_two_people_on_one_number_are_both_told(clerk):
    for name in ("李德厚", "王秀兰"):
        post([greeting(make_reachable(name, number="13900000019"))], now=MORNING)
    batch = make_batch("smsfile", actor=clerk, on=TODAY)

    come_in(batch, clerk, workbook(["手机号码", "状态"], [["13900000019", "成功"]]))

    assert states("smsfile") == [("sent", "file_ok")] * 2
