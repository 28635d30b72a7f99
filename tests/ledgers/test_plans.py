"""Plans: made once, carried over, seen by whom, mended by two at once, printed on two pages, laid out in Word."""

import datetime as dt
import io
import json
import uuid
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry, Paper
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import NeedOutcome
from apps.ledgers.models import (
    CareTier,
    Measure,
    MeasureTemplate,
    Need,
    PlanVersion,
    ServicePlan,
    WordTemplate,
)
from apps.ledgers.queries.library import measures_for
from apps.ledgers.queries.plan_figures import figures_of
from apps.ledgers.queries.plan_pages import grid_of, pages_of
from apps.ledgers.queries.plan_sheet import sheet_for, shown_to
from apps.ledgers.queries.plans import needs_standing, view_of, with_measures
from apps.ledgers.rules.needs import CLOSED, DOING, LATE, TO_CALL, UNDECIDED
from apps.ledgers.services import needs as need_services
from apps.ledgers.services import plans as services
from apps.ledgers.services.plan_layout import default_template
from apps.ledgers.services.plan_word import sample, template_for, upload_template, word_of
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre, Health
from apps.registry.services import life
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
LIST = "/admin/ledgers/serviceplan/"


@pytest.fixture
def unit(bureau):
    return make_unit("云江市水利局", parent=bureau)


@pytest.fixture
def cadre(unit):
    return Cadre.objects.get(pk=make_cadre(unit=unit).pk)


@pytest.fixture
def staff(clerk, cadre):
    return client_of(clerk)


def client_of(user) -> Client:
    client = Client()
    client.force_login(type(user).objects.get(pk=user.pk))
    return client


def user(who):
    return type(who).objects.get(pk=who.pk)


def everything(right: str) -> bool:
    return True


def make(cadre, actor, year=TODAY.year):
    return services.make_plan(cadre, year=year, actor=user(actor), on=TODAY)


def need_of(cadre, actor, *, found=TODAY - 10 * DAY, **over):
    facts = {"category": "home", "description": "卫生间装扶手", "found_on": found, **over}
    return need_services.open_need(
        need_services.NeedFacts(**facts), cadre=cadre, actor=user(actor), on=TODAY, form_key=uuid.uuid4()
    )


def promise(need, actor, *, due=None, **over):
    facts = need_services.MeasureFacts(what="装扶手", provider="施工队", due_on=TODAY + 5 * DAY, **over)
    measure = need_services.add_measure(need, facts, actor=user(actor), on=TODAY, form_key=uuid.uuid4())
    if due:
        Measure.objects.filter(pk=measure.pk).update(due_on=due)
    return measure


# Making and carrying over


def test_a_plan_is_made_once_and_carries_what_the_last_one_said(cadre, clerk):
    last = ServicePlan.objects.create(cadre=cadre, year=TODAY.year - 1, summary="独居，女儿在本市", wishes="想学手机")

    plan = make(cadre, clerk)

    assert make(cadre, clerk).pk == plan.pk
    assert (plan.carried_from, plan.summary, plan.wishes) == (last, "独居，女儿在本市", "想学手机")
    assert AuditEntry.objects.filter(action="plan.make").count() == 1


def test_many_are_carried_over_in_one_statement_and_never_twice(unit, clerk):
    people = [make_cadre(f"甲{n}", unit=unit) for n in range(3)]
    dead = make_cadre("乙", unit=unit, life_status="deceased")
    make(people[0], clerk)
    with CaptureQueriesContext(connection) as queries:
        made = services.carry_over(Cadre.objects.all(), year=TODAY.year, actor=clerk, on=TODAY)

    assert made == 2
    assert sum("INSERT INTO ledgers_serviceplan" in query["sql"] for query in queries) == 1
    assert services.carry_over(Cadre.objects.all(), year=TODAY.year, actor=clerk, on=TODAY) == 0
    assert not ServicePlan.objects.filter(cadre=dead).exists()


def test_years_far_away_and_the_dead_are_refused(cadre, clerk):
    with pytest.raises(BusinessError, match="只能制定"):
        make(cadre, clerk, TODAY.year + 3)
    told = life.Report(LifeEventKind.DIED, PartialDate.of(TODAY))
    life.record(cadre.person, told, actor=clerk)
    with pytest.raises(BusinessError, match="离世"):
        make(Cadre.objects.get(pk=cadre.pk), clerk)


def test_the_group_act_makes_plans_for_the_ticked(staff, cadre):
    response = staff.post(f"/admin/registry/cadre/plans/?pk={cadre.pk}", {"year": TODAY.year, "save": "1"})
    assert response.status_code == 302
    assert ServicePlan.objects.get().cadre == cadre
    assert "今年的一人一策" in staff.get("/admin/registry/cadre/?plan=none").content.decode()


# The page


def test_page_shows_facts_needs_and_the_next_act(staff, cadre, clerk):
    promise(need_of(cadre, clerk), clerk)
    need_of(cadre, clerk, description="想要送餐", category="meals")
    response = staff.post(f"{LIST}person/{cadre.pk}/make/?year={TODAY.year}")
    assert response.status_code == 302

    page = staff.get(f"{LIST}person/{cadre.pk}/").content.decode()

    assert "满足康养需求" in page
    assert "卫生间装扶手" in page
    assert "办好了" in page
    assert "定办法" in page
    entry = AuditEntry.objects.filter(action="open", target=f"ledgers.serviceplan:{cadre.pk}").get()
    assert list(entry.subjects.values_list("person_id", flat=True)) == [cadre.pk]


def test_strangers_find_nothing_and_readers_change_nothing(bureau, cadre, clerk):
    plan = make(cadre, clerk)
    need = need_of(cadre, clerk)
    stranger = client_of(make_user("other", role="clerk", unit=make_unit("别的局")))
    for address in (f"{LIST}person/{cadre.pk}/", f"{LIST}{plan.pk}/print/", f"/admin/ledgers/need/{need.pk}/close/",
                    f"/admin/ledgers/need/add/?cadre={cadre.pk}", f"{LIST}{plan.pk}/word/"):  # fmt: skip
        assert stranger.get(address).status_code == 404, address
    leader = client_of(make_user("leader", role="leader", unit=bureau))
    assert leader.get(f"{LIST}person/{cadre.pk}/").status_code == 200
    assert leader.get(f"/admin/ledgers/need/{need.pk}/measure/").status_code == 403
    assert "need/add" not in leader.get(f"{LIST}person/{cadre.pk}/").content.decode()


def test_whole_chain_in_the_browser_forms(staff, cadre):
    token = str(uuid.uuid4())
    data = {"category": "home", "description": "装扶手", "urgency": "soon", "source": "staff", "found_on": TODAY,
            "form_token": token}  # fmt: skip
    for _ in range(2):
        response = staff.post(f"/admin/ledgers/need/add/?cadre={cadre.pk}", data)
    need = Need.objects.get()
    assert response.url == f"/admin/ledgers/need/{need.pk}/measure/"

    line = measures_for("home", cadre.managing_unit)[0]
    page = staff.get(f"{response.url}?from={line.pk}").content.decode()
    assert line.what in page
    data = {"what": line.what, "provider": line.provider, "told": "on", "form_token": str(uuid.uuid4())}
    staff.post(response.url, data)
    measure = Measure.objects.get()
    staff.post(f"/admin/ledgers/measure/{measure.pk}/finish/", {"result": "装好了", "done_on": TODAY})
    close = {"outcome": "met", "method": "phone", "call_outcome": "answered", "happened_on": TODAY, "summary": "很好用"}
    response = staff.post(f"/admin/ledgers/need/{need.pk}/close/", close)
    assert response.status_code == 422
    assert "请选本人是否满意" in response.content.decode()
    staff.post(f"/admin/ledgers/need/{need.pk}/close/", {**close, "satisfaction": "good"})

    need.refresh_from_db()
    assert (need.outcome, need.satisfaction, need.closing_contact.summary) == ("met", "good", "需求办结回访：很好用")
    page = staff.get(f"{LIST}person/{cadre.pk}/").content.decode()
    assert "已办结" in page
    assert "重新办理" in page


def test_two_at_one_record_are_shown_both_versions(staff, cadre, clerk, bureau):
    need, plan = need_of(cadre, clerk), make(cadre, clerk)
    other = client_of(make_user("second", role="clerk", unit=bureau))
    cases = (
        (f"{LIST}{plan.pk}/change/", {"summary": "甲写的"}, {"summary": "乙写的"}, "summary"),
        (f"/admin/ledgers/need/{need.pk}/change/", {"description": "甲写的"}, {"description": "乙写的"}, "description"),
        (
            f"/admin/ledgers/measure/{promise(need, clerk).pk}/change/", {"what": "甲写的"}, {"what": "乙写的"}, "what",
        ),
    )  # fmt: skip
    for address, mine, theirs, _ in cases:
        opened = staff.get(f"{address}?edit=1").context["adminform"].form
        base = {name: opened[name].value() or "" for name in opened.fields}
        base = {key: value for key, value in base.items() if value != ""}
        assert other.post(address, {**base, **theirs}).status_code == 302, address
        response = staff.post(address, {**base, **mine})
        page = response.content.decode()
        assert response.status_code == 200
        assert "您和别人都改了这些项目" in page
        assert "乙写的" in page
        assert "甲写的" in page


def test_lists_filter_by_how_things_stand(staff, cadre, clerk):
    make(cadre, clerk)
    need = need_of(cadre, clerk)
    for state in ("todo", "reply_late", "open"):
        assert cadre.person.name in staff.get(f"{LIST}?state={state}").content.decode()
    promise(need, clerk, due=TODAY - DAY)
    assert "1 件逾期" in staff.get(f"{LIST}?state=late").content.decode()
    assert "卫生间装扶手" in staff.get("/admin/ledgers/need/?state=late").content.decode()
    assert "装扶手" in staff.get("/admin/ledgers/measure/?state=late").content.decode()
    assert "装扶手" not in staff.get("/admin/ledgers/measure/?state=done").content.decode()


def test_conditions_in_sql_agree_with_the_rule(cadre, clerk):
    bare = need_of(cadre, clerk, description="什么都没定")
    doing, late, done = (need_of(cadre, clerk, description=str(n)) for n in range(3))
    promise(doing, clerk)
    promise(late, clerk, due=TODAY - DAY)
    promise(late, clerk)
    need_services.finish_measure(promise(done, clerk), result="好了", done_on=TODAY, actor=clerk, on=TODAY)
    closed = need_of(cadre, clerk)
    Need.objects.filter(pk=closed.pk).update(closed_on=TODAY, outcome=NeedOutcome.MET)
    dropped = need_of(cadre, clerk)
    need_services.drop_measure(promise(dropped, clerk), reason="replaced", actor=clerk, on=TODAY)

    by_rule: dict[str, set] = {}
    for need in with_measures(Need.objects.all()):
        by_rule.setdefault(view_of(need, TODAY).standing.key, set()).add(need.pk)

    for state in (UNDECIDED, DOING, LATE, TO_CALL, CLOSED):
        assert set(needs_standing(Need.objects.all(), state, TODAY).values_list("pk", flat=True)) == by_rule[state]
    assert by_rule[UNDECIDED] == {bare.pk, dropped.pk}


# Library


def test_library_offers_the_nearest_line_once(unit, bureau):
    shared = measures_for("meals", unit)
    assert len(shared) == 3
    MeasureTemplate.objects.create(category="meals", what=shared[0].what, provider="本局食堂", days=3, unit=bureau)
    MeasureTemplate.objects.create(category="meals", what="停用的", unit=bureau, is_active=False)

    found = measures_for("meals", unit)

    assert [line.what for line in found][0] == shared[0].what
    assert (found[0].provider, len(found)) == ("本局食堂", 3)


def test_staff_of_a_unit_write_for_it_alone(bureau, unit):
    local = client_of(make_user("local", role="clerk", unit=unit))
    data = {"category": "meals", "what": "送饭", "days": 5, "is_active": "on"}
    response = local.post("/admin/ledgers/measuretemplate/add/", data)
    assert "只能给自己管的单位" in response.content.decode()
    assert local.post("/admin/ledgers/measuretemplate/add/", {**data, "unit": unit.pk}).status_code == 302
    shipped = MeasureTemplate.objects.filter(code="M001").get()
    assert local.post(f"/admin/ledgers/measuretemplate/{shipped.pk}/change/", data).status_code == 403


# Paper


def test_printing_freezes_a_version_with_a_paper_once(staff, cadre, clerk):
    plan = make(cadre, clerk)
    need_of(cadre, clerk)
    token = str(uuid.uuid4())
    assert "草稿" in staff.get(f"{LIST}{plan.pk}/print/").content.decode()
    for _ in range(2):
        response = staff.post(f"{LIST}{plan.pk}/print/", {"form_token": token})
    version = PlanVersion.objects.get()
    assert response.url == f"{LIST}versions/{version.pk}/"
    assert Paper.objects.get() == version.paper
    Need.objects.update(description="后来改了")

    page = staff.get(response.url).content.decode()

    assert "卫生间装扶手" in page
    assert "后来改了" not in page
    assert version.paper.code in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM ledgers_planversion")
        assert "卫生间".encode() not in bytes(cursor.fetchone()[0])


def test_paper_has_no_words_of_the_office_and_versions_hide_what_a_reader_may_not_see(cadre, clerk):
    CareTier.objects.create(
        cadre=cadre, level=1, effective_on=TODAY, decided_on=TODAY, suggested_reasons=["double_high", "disabled"]
    )
    Health.objects.create(cadre=cadre, ability=1, hospital="市一院")
    sheet = sheet_for(cadre, TODAY.year, on=TODAY, sees=everything)
    text = json.dumps(sheet, ensure_ascii=False)

    assert "市一院" in text
    for word in ("双高期", "失能", "服务等级"):
        assert word not in text
    seen = json.dumps(shown_to(sheet, lambda right: right != "registry.view_health"), ensure_ascii=False)
    assert "市一院" not in seen


def test_two_pages_say_how_much_did_not_fit():
    need = {"category": "x", "description": "长" * 400, "source": "", "found_on": "", "measures": [], "state": "待定",
            "closed_on": "", "outcome": "", "outcome_note": "", "satisfaction": ""}  # fmt: skip
    sheet = {
        "name": "李",
        "sections": [{"key": "basics", "number": "一", "title": "t", "lines": [], "needs": [need] * 20}],
    }

    page = pages_of(sheet)

    assert len(page["rows"]) + page["left_out"] == 20
    assert 5 < len(page["rows"]) < 12
    assert max(len(row["需求"]) for row in page["rows"]) == 48
    grid = grid_of([{"label": "a", "text": "短"}, {"label": "b", "text": "长" * 30}, {"label": "c", "text": "短"}])
    assert [len(row) for row in grid] == [2, 2, 2, 2, 2, 1]


# Word


def text_of(document: bytes) -> str:
    doc = Document(io.BytesIO(document))
    cells = [cell.text for table in doc.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in doc.paragraphs), *cells])


def docx(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_the_shipped_layout_is_filled_and_values_are_escaped(cadre, clerk):
    need_of(cadre, clerk, description="<b>扶手</b> & 防滑 {{ 7*7 }}")
    sheet = sheet_for(cadre, TODAY.year, on=TODAY, sees=everything)

    (document,) = word_of(default_template(), [(sheet, "A2B3C4", 2)])

    text = text_of(document)
    assert "李德厚" in text
    assert "<b>扶手</b> & 防滑 {{ 7*7 }}" in text
    assert "A2B3C4" in text
    assert "{{ 姓名" not in text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("{{ 姓明 }}",), "姓明"),
        (("{% for 行 in 办法列表 %}{{ 行.办发 }}{% endfor %}",), "办发"),
        (("{{ 姓名 ",), "占位符写错了|填不出来"),
        (("{{ 姓名.__class__.__mro__ }}",), "不允许"),
        (("{{ 姓名.upper() }}",), "不允许"),
        (("{% for a in range(10) %}x{% endfor %}",), "range"),
    ],
)
def test_bad_templates_are_refused_by_name(clerk, lines, sentence):
    with pytest.raises(BusinessError, match=sentence):
        upload_template(docx(*lines), unit=None, note="", actor=clerk)
    assert not WordTemplate.objects.exists()


def test_files_that_are_no_plain_document_are_refused(clerk):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><w/>')
        archive.writestr("[Content_Types].xml", "<t/>")
    for data in (b"not a zip", b"PK\x03\x04broken", stream.getvalue(), b"x" * (6 * 1024 * 1024)):
        with pytest.raises(BusinessError):
            upload_template(data, unit=None, note="", actor=clerk)


def test_the_nearest_template_holds_until_it_is_taken_back(bureau, unit, cadre, clerk):
    head = client_of(make_user("head", role="section_head", unit=bureau))
    own = io.BytesIO(docx("本局样式：{{ 姓名 }}"))
    own.name = "模板.docx"
    response = head.post("/admin/ledgers/wordtemplate/add/", {"file": own, "unit": "", "note": "新样式"})
    row = WordTemplate.objects.get()
    assert response.url == f"/admin/ledgers/wordtemplate/{row.pk}/change/"
    assert head.get(response.url).status_code == 200
    assert "样式" in text_of(template_for(unit))
    assert head.get(f"/admin/ledgers/wordtemplate/{row.pk}/sample/").status_code == 200

    plan = make(cadre, clerk)
    response = head.get(f"{LIST}{plan.pk}/word/")
    assert "本局样式：李德厚" in text_of(response.content)

    head.post(f"/admin/ledgers/wordtemplate/{row.pk}/revert/")
    assert template_for(unit) == default_template()
    bad = io.BytesIO(docx("{{ 名子 }}"))
    bad.name = "模板.docx"
    response = head.post("/admin/ledgers/wordtemplate/add/", {"file": bad})
    assert response.status_code == 422
    assert "名子" in response.content.decode()


def test_several_are_printed_and_exported_at_once(staff, unit, clerk):
    plans = [make(make_cadre(f"甲{n}", unit=unit), clerk) for n in range(2)]
    keys = [str(plan.pk) for plan in plans]
    page = staff.get(f"{LIST}print/?pk={','.join(keys)}").content.decode()
    assert page.count('class="plan-page"') == 4
    response = staff.post(LIST, {"action": "word_ticked", "_selected_action": keys})
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert len(archive.namelist()) == 2


def test_sample_fills_every_placeholder():
    assert all(sample().values())


# Figures


def test_figures_count_kept_and_missed_with_few_statements(unit, cadre, clerk, contact):
    first = need_of(cadre, clerk, found=TODAY - 40 * DAY)
    Need.objects.filter(pk=first.pk).update(
        reply_by=TODAY - 30 * DAY, replied_on=TODAY - 31 * DAY, finish_by=TODAY - 5 * DAY, closed_on=TODAY - 6 * DAY,
        outcome="met", satisfaction="good",
    )  # fmt: skip
    promise(need_of(cadre, clerk, found=TODAY - 20 * DAY), clerk, due=TODAY - 2 * DAY)
    contact(cadre, TODAY - 100 * DAY)
    make_cadre("丙", unit=unit)
    start, end = TODAY - 200 * DAY, TODAY + 200 * DAY

    with CaptureQueriesContext(connection) as queries:
        lines = figures_of(Cadre.objects.all(), start, end, on=TODAY)

    assert len(queries) == 6
    total = lines[-1].counts
    assert (total["replies"], total["replied"], total["needs"], total["met"]) == (2, 1, 1, 1)
    assert (total["promises"], total["kept"], total["promise_open"]) == (1, 0, 1)
    assert (total["people"], total["half"], total["longer"], total["visits"]) == (2, 1, 1, 1)
    assert lines[0].share("met", "needs") == "100%（1/1）"


def test_figures_page_exports(staff, cadre):
    for span in ("month", "quarter", "year"):
        assert "按时兑现的承诺" in staff.get(f"{LIST}figures/?span={span}").content.decode()
    response = staff.get(f"{LIST}figures/?span=year&export=1")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
