"""Pages of batches and preferences: what the clerk does, and what a stranger does not see."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.common.workbook import read
from apps.common.workbook.writer import write_sheet
from apps.messaging.models import ChannelPreference, Delivery, DeliveryBatch
from apps.messaging.services import post, settle_batch
from apps.people.models import Consent
from apps.reminders.models import PlannerRun
from apps.reminders.queries import figures
from tests.builders import make_cadre, make_unit, make_user
from tests.messaging.conftest import add_phone, greeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_sign_in(settings):
    settings.SECOND_FACTOR = "optional"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city, client):
    user = make_user("clerk", role="clerk", unit=city, phone="13900000001")
    client.force_login(user)
    return user


def waiting(unit, name="李德厚", *, number="13900000009", **over):
    cadre = make_cadre(name, unit=unit, **over)
    if number:
        add_phone(cadre.person, number)
    Consent.objects.create(person=cadre.person, purpose="sms", wording="1")
    post([greeting(cadre.person)], now=timezone.now())
    return cadre


def make(client, channel, unit, **over):
    data = {"channel": channel, "unit": unit.pk, "through": timezone.localdate().isoformat(), **over}
    return client.post(reverse("admin:batches"), data, follow=True)


def text_of(response):
    return response.content.decode()


def test_file_out_result_in_by_hand(client, clerk, city):
    waiting(city)
    waiting(city, "王秀兰", number="13900000010")

    page = text_of(client.get(reverse("admin:batches")))
    assert "生成短信文件" in page
    assert "连签名" in page
    made = make(client, "smsfile", city)
    batch = DeliveryBatch.objects.get()
    assert "下载短信文件" in text_of(made)
    assert "李德厚" in text_of(made)
    assert "13900000009" not in text_of(made)

    file = client.post(reverse("admin:batch_download", args=[batch.pk]))
    assert file["Content-Type"].endswith("sheet")
    [sheet] = read(file.content, "x.xlsx")
    stream = io.BytesIO()
    results = [[sheet.rows[1][0], "成功"], [sheet.rows[2][0], "空号"], ["999999", "成功"]]
    write_sheet(stream, "", ["序号", "状态"], results)
    upload = SimpleUploadedFile("r.xlsx", stream.getvalue())
    done = client.post(reverse("admin:batch", args=[batch.pk]), {"act": "result", "file": upload}, follow=True)

    assert "读到 3 行，登记 2 条；对不上的 1 行列在下面" in text_of(done)
    assert "结果文件：已送达" in text_of(done)
    assert "已转到电话单" in text_of(done)
    assert set(Delivery.objects.values_list("channel", "state")) == {
        ("smsfile", "sent"), ("smsfile", "failed"), ("sheet", "pending"),
    }  # fmt: skip
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"messaging.make_batch", "messaging.download_batch", "messaging.import_results", "open"} <= acts


def test_a_wrong_file_gets_its_sentence_and_changes_nothing(client, clerk, city):
    waiting(city)
    make(client, "smsfile", city)
    batch = DeliveryBatch.objects.get()

    for name, data in (("a.xlsx", b"nonsense"), ("a.txt", b"x")):
        page = client.post(
            reverse("admin:batch", args=[batch.pk]), {"act": "result", "file": SimpleUploadedFile(name, data)}
        )
        assert page.status_code == 200
        assert "这个文件没有收下" in text_of(page)
    assert Delivery.objects.get().state == "handed"


def test_calls_are_entered_line_by_line_or_all_at_once(client, clerk, city):
    for number, name in enumerate(("李德厚", "王秀兰", "赵建国")):
        waiting(city, name, number=f"1390000000{number}", reach_by="landline")
    make(client, "sheet", city)
    batch = DeliveryBatch.objects.get()
    first, second, third = Delivery.objects.order_by("pk")
    here = reverse("admin:batch", args=[batch.pk])

    client.post(here, {"act": "settle", f"line-{first.pk}": "failed", f"line-{second.pk}": "", f"line-{third.pk}": ""})
    client.post(here, {"act": "settle", "all": "1", f"line-{second.pk}": "", f"line-{third.pk}": ""})

    assert list(Delivery.objects.filter(batch=batch).order_by("pk").values_list("outcome", flat=True)) == [
        "not_told", "told", "told",
    ]  # fmt: skip


def test_a_batch_made_by_mistake_is_called_off(client, clerk, city):
    waiting(city)
    make(client, "smsfile", city)
    here = reverse("admin:batch", args=[DeliveryBatch.objects.get().pk])

    assert "还没有撤销" in text_of(client.post(here, {"act": "off", "reason": ""}))
    done = client.post(here, {"act": "off", "reason": "选错了日期"}, follow=True)

    assert "已撤销，1 条重新等待交出" in text_of(done)
    assert Delivery.objects.get().state == "pending"


@pytest.mark.parametrize("data", [{"channel": "inbox"}, {}, {"channel": "smsfile", "unit": "x"},
                                  {"channel": "smsfile", "through": "nonsense"}])  # fmt: skip
def test_nonsense_makes_no_batch_and_no_fault(client, clerk, city, data):
    waiting(city)

    assert client.post(reverse("admin:batches"), data).status_code in (200, 404)
    assert not DeliveryBatch.objects.exists()


def test_a_district_hands_out_its_own_people_only(client, city):
    own, other = make_unit("甲区", parent=city), make_unit("乙区", parent=city)
    waiting(own, "李德厚")
    waiting(other, "王秀兰", number="13900000010")
    client.force_login(make_user("a", role="clerk", unit=own))
    make(client, "smsfile", own)
    batch = DeliveryBatch.objects.get()
    assert batch.counts["total"] == 1
    make(client, "smsfile", other)
    assert DeliveryBatch.objects.count() == 1

    client.force_login(make_user("b", role="clerk", unit=other))

    assert client.get(reverse("admin:batch", args=[batch.pk])).status_code == 404
    assert client.post(reverse("admin:batch_download", args=[batch.pk])).status_code == 404
    assert "李德厚" not in text_of(client.get(reverse("admin:batches")))


def test_a_batch_without_result_turns_red(client, clerk, city):
    waiting(city)
    make(client, "smsfile", city)
    DeliveryBatch.objects.update(on_day=timezone.localdate() - datetime.timedelta(days=9))

    assert "等结果已 9 天" in text_of(client.get(reverse("admin:batches")))


def test_the_home_page_says_what_waits_for_a_person(client, clerk, city):
    waiting(city)
    waiting(city, "王秀兰", reach_by="landline")
    PlannerRun.objects.create(day=timezone.localdate(), finished_at=timezone.now())

    assert "2 条等着交出" in figures.heartbeat(timezone.now()).text
    make(client, "smsfile", city)
    make(client, "sheet", city)
    DeliveryBatch.objects.update(on_day=timezone.localdate() - datetime.timedelta(days=9))
    for row in Delivery.objects.filter(channel="smsfile"):
        settle_batch(row.batch, {row.pk: "failed"}, actor=clerk)
    assert "1 批过了期限" in figures.heartbeat(timezone.now()).text
    Delivery.objects.filter(state="pending").update(state="failed", outcome="expired")

    assert "1 位老同志一周内没有通知到" in figures.heartbeat(timezone.now()).text


def test_the_list_of_batches_asks_the_same_however_many_there_are(client, clerk, city):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:batches")).status_code == 200
        return len(queries)

    DeliveryBatch.objects.create(channel="sheet", unit=city, on_day=timezone.localdate(), made_by=clerk)
    asked()
    one = asked()
    for _ in range(3):
        DeliveryBatch.objects.create(channel="sheet", unit=city, on_day=timezone.localdate(), made_by=clerk)

    assert asked() == one


# Preferences


def test_a_colleague_sets_his_order_and_goes_back(client, clerk, settings):
    settings.SMS_GATEWAY = {**settings.SMS_GATEWAY, "url": "http://127.0.0.1:9/"}
    here = reverse("admin:my_channels")

    assert "现在按局里的规定" in text_of(client.get(here))
    assert "同一种方式只选一次" in text_of(client.post(here, {"place0": "sms", "place1": "sms"}))
    client.post(here, {"place0": "smsfile", "place1": "sms"})
    assert ChannelPreference.objects.get(user=clerk).channels == ["smsfile", "sms"]
    client.post(here, {"reset": "1"})

    assert not ChannelPreference.objects.exists()


def test_an_old_persons_order_and_consent(client, clerk, city):
    cadre = make_cadre("李德厚", unit=city, reach_by="letter", residence="云江")
    here = reverse("admin:person_channels", args=[cadre.pk])

    page = text_of(client.get(here))
    assert "没有登记同意" in page
    assert "<b>信函贺卡</b>" in page
    assert "至少选一种方式" in text_of(client.post(here, {"place0": ""}))
    client.post(here, {"place0": "sheet", "place1": "print"})
    client.post(here, {"agree": "1"})
    client.post(here, {"agree": "1"})

    assert ChannelPreference.objects.get(person=cadre.person).channels == ["sheet", "print"]
    assert Consent.objects.filter(person=cadre.person, withdrawn_at__isnull=True).count() == 1
    client.post(here, {"disagree": "1"})
    assert not Consent.objects.filter(withdrawn_at__isnull=True).exists()
    assert here in text_of(client.get(reverse("admin:registry_cadre_change", args=[cadre.pk])))


def test_the_days_figures_know_every_channel(client, clerk, city):
    waiting(city)
    waiting(city, "王秀兰", reach_by="landline")
    make(client, "smsfile", city)

    page = text_of(client.get(reverse("admin:reminder_days")))

    assert "短信批量文件" in page
    assert "电话单" in page
