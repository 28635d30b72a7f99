"""Letters, cards, labels and call sheets of a batch; the paper by whose code the calls come back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common import papers
from apps.common.models import AuditEntry, Paper
from apps.messaging.models import Delivery, DeliveryBatch
from apps.messaging.services import Result, make_batch, post, settle_batch
from tests.builders import make_cadre, make_unit, make_user
from tests.messaging.conftest import add_phone, greeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_sign_in(settings):
    settings.SECOND_FACTOR = "optional"
    settings.PORTAL = {"name": "平台", "bureau": "云江市委老干部局", "phone": "0700-1234567"}


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city, client):
    user = make_user("clerk", role="clerk", unit=city)
    client.force_login(user)
    return user


def batch_of(clerk, city, channel: str, names=("李德厚", "王秀兰")) -> DeliveryBatch:
    way = {"print": "letter", "sheet": "landline"}[channel]
    for number, name in enumerate(names):
        cadre = make_cadre(name, unit=city, reach_by=way, residence=f"510000 云江市河滨路 {number} 号")
        add_phone(cadre.person, f"1390000000{number}")
        post([greeting(cadre.person)], now=timezone.now())
    assert set(Delivery.objects.values_list("channel", flat=True)) == {channel}
    return make_batch(channel, actor=clerk, on=timezone.localdate(), unit=city)


def print_url(batch) -> str:
    return reverse("admin:messaging_deliverybatch_print", args=[batch.pk])


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("letters", ("李德厚同志", "王秀兰同志", "0700-1234567", "云江市委老干部局")),
        ("cards", ("李德厚同志", "沿中线裁开")),
        ("labels", ("510000", "云江市河滨路 0 号", "同志收", "云江市委老干部局")),
    ],
)
def test_letters_cards_and_labels(client, clerk, city, way, words):
    batch = batch_of(clerk, city, "print")
    sent = client.post(print_url(batch), {"way": way, "grid": "l2x7", "skip": "1"})
    text = text_of(client.get(sent["Location"]))

    assert all(word in text for word in words)
    assert DeliveryBatch.objects.get().taken_at is not None
    assert not Paper.objects.exists()
    entry = AuditEntry.objects.filter(action="print").latest("pk")
    assert (entry.subject_count, entry.target) == (2, f"messaging.deliverybatch:{batch.pk}")


def test_calls_get_one_paper_that_comes_back_with_the_last_result(client, clerk, city):
    batch = batch_of(clerk, city, "sheet")
    first = client.post(print_url(batch), {"way": "calls"})
    client.post(print_url(batch), {"way": "calls"})
    paper = Paper.objects.get()
    text = text_of(client.get(first["Location"]))

    for words in (paper.code, "李德厚", "139 0000 0000", "说到了", "排列：日子先后"):
        assert words in text
    assert not papers.is_done(f"messaging.deliverybatch:{batch.pk}")
    ids = list(batch.deliveries.order_by("pk").values_list("pk", flat=True))
    settle_batch(batch, {ids[0]: Result.DELIVERED}, actor=clerk)
    assert Paper.objects.get().state == "printed"
    settle_batch(batch, {ids[1]: Result.FAILED}, actor=clerk)
    assert Paper.objects.get().state == "returned"


def test_cancelled_paper_is_followed_by_a_new_one(client, clerk, city):
    batch = batch_of(clerk, city, "sheet")
    sheet = client.post(print_url(batch), {"way": "calls"})["Location"]
    papers.cancel(Paper.objects.get(), "打错了", actor=clerk)
    assert client.get(sheet).status_code == 302
    client.post(print_url(batch), {"way": "calls"})

    assert list(Paper.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "printed"]
    assert client.get(sheet).status_code == 200


def test_looking_at_the_choices_takes_nothing_out_of_the_house(client, clerk, city):
    batch = batch_of(clerk, city, "print")

    assert "打印信封标签" in text_of(client.get(print_url(batch)))
    assert client.get(reverse("admin:batch_sheet", args=[batch.pk, "letters"])).status_code == 404
    assert DeliveryBatch.objects.get().taken_at is None


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 404), ({"way": "calls"}, 404), ({"way": "x"}, 404), ({"way": "labels", "grid": "l9x9"}, 422),
     ({"way": "labels", "skip": "-1"}, 422), ({"way": "labels", "skip": "x"}, 422)],
)  # fmt: skip
def test_nonsense_prints_nothing(client, clerk, city, data, status):
    batch = batch_of(clerk, city, "print")

    assert client.post(print_url(batch), data).status_code == status
    assert DeliveryBatch.objects.get().taken_at is None


def test_wrong_label_address_is_no_fault(client, clerk, city):
    batch = batch_of(clerk, city, "print")
    client.post(print_url(batch), {"way": "letters"})
    address = reverse("admin:batch_sheet", args=[batch.pk, "labels"])

    assert client.get(address).status_code == 200
    assert client.get(address + "?grid=x&skip=999999").status_code == 404


def test_strangers_find_no_batch(client, clerk, city):
    own, other = make_unit("甲区", parent=city), make_unit("乙区", parent=city)
    batch = batch_of(clerk, own, "print", names=("李德厚",))
    client.post(print_url(batch), {"way": "letters"})
    client.force_login(make_user("b", role="clerk", unit=other))

    for name, args in (("messaging_deliverybatch_print", ()), ("batch_sheet", ("letters",)),
                       ("messaging_deliverybatch_enter", ())):  # fmt: skip
        assert client.get(reverse(f"admin:{name}", args=[batch.pk, *args])).status_code == 404
    assert client.post(print_url(batch), {"way": "letters"}).status_code == 404
