"""年度信息核对: one sheet a unit, a code, a grid; corrections on record as 单位报送, nothing typed is lost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.common import crypto, jobs, papers
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry, Job, Paper
from apps.people.models import Person, Phone
from apps.people.services import save_phone
from apps.registry.models import Cadre, CheckLine, LifeEvent, UnitCheck
from apps.registry.services.checks import Answered, enter_answers, start_check, version_of
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
LIST = "/admin/registry/unitcheck/"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = "optional"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def school(city):
    return make_unit("云江市教育局", parent=city)


@pytest.fixture
def people(school):
    found = [make_cadre(name, unit=school, former_post="科长") for name in ("李德厚", "王秀兰", "张建国")]
    save_phone(Phone(person=found[0].person), "13800001234", actor=None)
    Person.objects.filter(pk=found[0].pk).update(name_stroke_key="1")
    Person.objects.filter(pk=found[1].pk).update(name_stroke_key="2")
    Person.objects.filter(pk=found[2].pk).update(name_stroke_key="3")
    return found


@pytest.fixture
def clerk(city):
    return make_user("jingban", role="clerk", unit=city)


@pytest.fixture
def check(school, people, clerk):
    return start_check(school, 2026, actor=clerk, on=TODAY)


def answer(check, place, **over) -> Answered:
    line = check.lines.select_related("person__cadre").get(position=place)
    return Answered(**{"line_id": line.pk, "seen": version_of(line.person.cadre), **over})


def test_a_sheet_has_every_living_person_of_the_unit_itself_once(school, check, clerk, people):
    below = make_unit("第一中学", parent=school)
    make_cadre("别处的人", unit=below)
    again = start_check(school, 2026, actor=clerk, on=TODAY)

    assert again.pk == check.pk
    assert list(check.lines.values_list("person__name", flat=True)) == ["李德厚", "王秀兰", "张建国"]
    assert (Paper.objects.count(), check.paper.state) == (1, "printed")
    assert check.paper.subject == f"registry.unitcheck:{check.pk}"
    assert "李德厚" not in check.paper.title


def test_a_unit_without_people_gets_none(city, clerk):
    empty = make_unit("撤空的单位", parent=city)
    with pytest.raises(BusinessError, match="不用核对"):
        start_check(empty, 2026, actor=clerk, on=TODAY)

    assert not UnitCheck.objects.exists()
    assert not Paper.objects.exists()


def test_answers_are_written_one_by_one_and_the_last_takes_the_paper_back(check, clerk, people):
    first = enter_answers(
        check,
        [
            answer(check, 1, right=True),
            answer(check, 2, phone="0700-8800123", residence="东风路2号", living="alone", post="副局长"),
        ],
        actor=clerk,
        on=TODAY,
    )  # fmt: skip
    changed = Cadre.objects.select_related("person").get(pk=people[1].pk)
    line = check.lines.get(position=2)

    assert (first.saved, first.refused, first.is_back) == (2, {}, False)
    assert (changed.living, changed.former_post, changed.person.residence) == ("alone", "副局长", "东风路2号")
    assert Phone.objects.get(person=changed.person).kind == "landline"
    assert (line.answer, line.changed) == ("changed", "电话、现住址、居住方式、职务")
    assert AuditEntry.objects.filter(action="unit_check.enter", reason="单位报送").count() == 2

    last = enter_answers(check, [answer(check, 3, told="died", detail="家属告知")], actor=clerk, on=TODAY)
    assert last.is_back
    assert (LifeEvent.objects.get().state, LifeEvent.objects.get().source) == ("reported", "unit")
    assert Person.objects.get(pk=people[2].pk).life_status == "reported"
    assert Paper.objects.get().state == "returned"


def test_a_new_number_takes_the_place_of_the_old_and_a_known_one_changes_nothing(check, clerk, people):
    enter_answers(check, [answer(check, 1, phone="139 0000 5678")], actor=clerk, on=TODAY)

    phone = Phone.objects.get(person=people[0].person)
    assert bytes(phone.number_index) == crypto.blind_index("phone", "13900005678")


def test_the_same_row_twice_is_once(check, clerk):
    rows = [answer(check, 3, told="other", detail="去外地了")]
    enter_answers(check, rows, actor=clerk, on=TODAY)
    again = enter_answers(check, rows, actor=clerk, on=TODAY)

    assert again.saved == 0
    assert LifeEvent.objects.count() == 1


def test_a_row_somebody_changed_meanwhile_is_refused_the_others_stand(check, clerk, people):
    stale = answer(check, 2, post="处长")
    Cadre.objects.filter(pk=people[1].pk).update(former_post="副处长")
    done = enter_answers(check, [answer(check, 1, right=True), stale], actor=clerk, on=TODAY)

    assert done.saved == 1
    assert "被别人改过" in done.refused[stale.line_id]
    assert Cadre.objects.get(pk=people[1].pk).former_post == "副处长"


@pytest.mark.parametrize(
    "over",
    [
        {"right": True, "post": "局长"},
        {"phone": "12"},
        {"told": "other"},
        {"detail": "只写了说明"},
        {"told": "died", "happened_on": "future"},
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(check, clerk, people, over):
    if over.get("happened_on"):
        over = {**over, "happened_on": life_date("2027-05-01")}
    done = enter_answers(check, [answer(check, 1, **over)], actor=clerk, on=TODAY)

    assert len(done.refused) == 1
    assert check.lines.get(position=1).answer == ""
    assert Cadre.objects.get(pk=people[0].pk).former_post == "科长"


def life_date(text):
    return LifeEvent._meta.get_field("happened_on").to_python(text)


def test_the_dead_need_no_answer(check, clerk, people):
    Person.objects.filter(pk__in=[people[0].pk, people[1].pk]).update(life_status="deceased", died_on="2026-11-01")

    assert enter_answers(check, [answer(check, 3, right=True)], actor=clerk, on=TODAY).is_back


def test_a_cancelled_sheet_takes_nothing(check, clerk):
    papers.cancel(check.paper, "印错了", actor=clerk)
    with pytest.raises(BusinessError, match="作废"):
        enter_answers(check, [answer(check, 1, right=True)], actor=clerk, on=TODAY)


# Pages


def enter_url(check):
    return reverse("admin:registry_unitcheck_enter", args=[check.pk])


def row(check, place, **over):
    line = check.lines.select_related("person__cadre").get(position=place)
    return {f"r{place}-{name}": value for name, value in {"seen": version_of(line.person.cadre), **over}.items()}


def test_many_units_are_prepared_by_a_job(client, city, clerk):
    units = [make_unit(f"单位{number}", parent=city) for number in range(5)]
    for unit in units:
        make_cadre(f"{unit.name}人", unit=unit)
    client.force_login(clerk)
    page = client.get(f"{LIST}add/").content.decode()
    assert page.count('name="units"') == 5
    answer = client.post(f"{LIST}add/", {"year": 2026, "which": "all"})
    assert "/job/" in answer.url
    job = Job.objects.get(kind="registry.start_checks")
    jobs.run_job(job.pk)

    assert UnitCheck.objects.count() == 5
    assert "0 / 1 位" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}add/", {"year": 2026, "which": "some", "units": ["999"]}).status_code == 422


def test_the_grid_saves_in_parts_and_keeps_what_was_refused(client, check, clerk, people):
    client.force_login(clerk)
    assert "李德厚" in client.get(enter_url(check)).content.decode()
    sent = {**row(check, 1, right="on"), **row(check, 2, phone="12", residence="东风路2号")}
    answer = client.post(enter_url(check), sent)
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "东风路2号" in text
    assert check.lines.get(position=1).answer == "right"
    assert check.lines.get(position=2).answer == ""
    done = client.post(enter_url(check), row(check, 2, phone="13900005678", residence="东风路2号"))
    assert done.status_code == 302
    assert Person.objects.get(pk=people[1].pk).residence == "东风路2号"


def test_a_stale_row_comes_back_with_the_version_that_stands(client, check, clerk, people):
    client.force_login(clerk)
    sent = row(check, 2, post="处长")
    Cadre.objects.filter(pk=people[1].pk).update(former_post="副处长")
    text = client.post(enter_url(check), sent).content.decode()
    assert "被别人改过" in text
    assert "副处长" in text

    assert client.post(enter_url(check), row(check, 2, post="处长")).status_code == 302
    assert Cadre.objects.get(pk=people[1].pk).former_post == "处长"


def test_hostile_rows_are_answered(client, check, clerk):
    client.force_login(clerk)
    for over in (
        {"told": "nonsense"}, {"living": "x"}, {"happened_on": "胡说", "told": "died"}, {"post": "x" * 500},
        {"detail": "a\x00b", "told": "other"}, {"post": "机密★文件"},
    ):  # fmt: skip
        assert client.post(enter_url(check), row(check, 1, **over)).status_code == 422, over

    assert not CheckLine.objects.exclude(answer="").exists()


def test_the_print_has_code_stamp_and_order_and_is_on_record(client, check, clerk):
    client.force_login(clerk)
    text = client.get(reverse("admin:registry_unitcheck_print", args=[check.pk])).content.decode()

    for words in (check.paper.code, "（盖章）", "姓氏笔画", "13800001234", "李德厚", "landscape"):
        assert words in text
    entry = AuditEntry.objects.get(action="print")
    assert entry.subject_count == 3


def test_a_liaison_sees_his_sheet_with_last_digits_and_enters_nothing(client, city, check, school):
    client.force_login(make_user("lianluo", role="liaison", unit=school))
    text = client.get(reverse("admin:registry_unitcheck_print", args=[check.pk])).content.decode()

    assert "13800001234" not in text
    assert "1234" in text
    assert client.get(enter_url(check)).status_code == 200
    assert client.post(enter_url(check), row(check, 1, right="on")).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_a_foreign_sheet_is_not_found(client, city, check):
    other = make_unit("云江市卫生局", parent=city)
    client.force_login(make_user("lianluo", role="liaison", unit=other))

    assert client.get(enter_url(check)).status_code == 404
    assert client.get(reverse("admin:registry_unitcheck_print", args=[check.pk])).status_code == 404
    assert check.unit.name not in client.get(LIST).content.decode()


def test_several_units_print_in_one_document(client, city, check, clerk):
    other = make_unit("云江市卫生局", parent=city)
    make_cadre("赵敏", unit=other)
    second = start_check(other, 2026, actor=clerk, on=TODAY)
    client.force_login(clerk)
    url = reverse("admin:registry_unitcheck_print_many")
    text = client.get(url, {"pk": f"{check.pk},{second.pk},x,{'9' * 30}"}).content.decode()

    assert text.count("（盖章）") == 2
    assert "page-break" in text
    assert client.get(url).status_code == 302


def test_the_grid_costs_the_same_for_one_row_and_for_three(client, city, check, clerk):
    other = make_unit("云江市卫生局", parent=city)
    make_cadre("赵敏", unit=other)
    single = start_check(other, 2026, actor=clerk, on=TODAY)
    client.force_login(clerk)
    client.get(enter_url(single))
    counts = []
    for one in (single, check):
        with CaptureQueriesContext(connection) as queries:
            client.get(enter_url(one))
        counts.append(len(queries))

    assert counts[0] == counts[1]
