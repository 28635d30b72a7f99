"""Ranks and statistics columns by a dated table; the worklist; treatments with their documents."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.common.models import Attachment, AuditEntry
from apps.registry.choices import RankKind, StandingKind, StatisticsRank
from apps.registry.models import Cadre, RankColumn, StandingSpan
from apps.registry.ranking import column_expression, load_rank_columns, rank_columns
from apps.registry.rules import GRADES, statistics_column, treatment_act
from apps.registry.services import standing
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)
RANKS = "/admin/registry/cadre/ranks/"
PDF = b"%PDF-1.4 ..."


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(make_user(role="clerk", unit=city))
    return client


# The dated table


def test_every_grade_that_is_known_has_a_column():
    columns = rank_columns(TODAY)

    assert {grade.name for grade in GRADES if (RankKind.GRADE, grade.code) not in columns} == set()
    assert columns[RankKind.LEADER, "131"] == StatisticsRank.COUNTY_CHIEF
    assert columns[RankKind.GRADE, "G06"] == StatisticsRank.COUNTY_DEPUTY
    assert (RankKind.LEADER, "101") not in columns


def test_grades_count_from_the_day_they_began():
    columns = rank_columns(datetime.date(2019, 5, 31))

    assert (RankKind.GRADE, "G01") not in columns
    assert columns[RankKind.GRADE, "N03"] == StatisticsRank.COUNTY_CHIEF


def test_a_later_row_holds_from_its_day_and_a_voided_one_never():
    RankColumn.objects.create(
        kind="grade_rank", code="G06", column="41", effective_from=datetime.date(2027, 1, 1), source="新〔2026〕9号"
    )

    assert rank_columns(TODAY)[RankKind.GRADE, "G06"] == "32"
    assert rank_columns(datetime.date(2027, 1, 1))[RankKind.GRADE, "G06"] == "41"


def test_loading_again_leaves_the_bureaus_own_table():
    RankColumn.objects.filter(code="G06").update(column="41")

    assert load_rank_columns() == 0
    assert rank_columns(TODAY)[RankKind.GRADE, "G06"] == "41"


def test_the_higher_of_both_ranks_counts_in_rule_and_query_alike(city):
    columns = rank_columns(TODAY)
    cases = [("132", "G03"), ("131", ""), ("", "S06"), ("", ""), ("101", ""), ("199", "N07")]
    for leader, grade in cases:
        make_cadre("甲", unit=city, leader_rank=leader, grade_rank=grade)
    rows = Cadre.objects.annotate(column=column_expression(columns)).order_by("pk").values_list("column", flat=True)

    assert [statistics_column(leader, grade, columns) for leader, grade in cases] == ["31", "31", "32", "", "", "50"]
    assert [column or "" for column in rows] == ["31", "31", "32", "", "", "50"]


def test_table_is_edited_by_the_section_head_only(city, clerk):
    head = Client()
    head.force_login(make_user("head", role="section_head", unit=city))
    row = {
        "kind": "grade_rank",
        "code": "G06",
        "column": "41",
        "effective_from": "2027-01-01",
        "source": "新〔2026〕9号",
    }

    assert clerk.post("/admin/registry/rankcolumn/add/", row).status_code == 403
    wrong = head.post("/admin/registry/rankcolumn/add/", {**row, "kind": "leader_rank"})
    assert "这不是领导职务层次里的一项" in wrong.content.decode()
    assert head.post("/admin/registry/rankcolumn/add/", row).status_code == 302
    assert "已有一行" in head.post("/admin/registry/rankcolumn/add/", row).content.decode()


# The worklist


def test_people_with_the_same_words_are_decided_at_once(city, clerk):
    for number in range(3):
        make_cadre(f"甲{number}", unit=city, former_post="三等秘书", rank_unmapped=True)
    other = make_cadre("乙", unit=city, former_post="总账", rank_unmapped=True)

    page = clerk.get(RANKS).content.decode()
    response = clerk.post(
        RANKS,
        {"take_0": "1", "text_0": "三等秘书", "leader_0": "142", "grade_0": "", "text_1": "总账", "leader_1": "150"},
    )

    assert page.index("三等秘书") < page.index("总账")
    assert response.status_code == 302
    assert Cadre.objects.filter(leader_rank="142", rank_unmapped=False).count() == 3
    other.refresh_from_db()
    assert (other.leader_rank, other.rank_unmapped) == ("", True)
    assert AuditEntry.objects.get(action="standing.decide").subject_count == 3
    assert StandingSpan.objects.count() == 0


def test_what_the_words_themselves_say_is_proposed(city, clerk):
    make_cadre("乙", unit=city, former_post="二级调研员", rank_unmapped=True)

    page = clerk.get(RANKS).content.decode()

    assert "按原文看是" in page
    assert '<option value="G04" selected>' in page


def test_what_was_decided_for_the_same_words_is_proposed(city, clerk):
    make_cadre("甲", unit=city, former_post="三等秘书", leader_rank="142")
    make_cadre("乙", unit=city, former_post="三等秘书", rank_unmapped=True)

    page = clerk.get(RANKS).content.decode()

    assert "以前认定过" in page
    assert '<option value="142" selected>' in page


@pytest.mark.parametrize("sent", [{"leader_0": ""}, {"leader_0": "777"}, {"grade_0": "x' OR 1"}])
def test_a_ticked_line_without_a_rank_refuses_the_whole(city, clerk, sent):
    make_cadre("甲", unit=city, former_post="甲职", rank_unmapped=True)
    values = {"take_0": "1", "text_0": "甲职", "leader_0": "142", **sent, "take_1": "1", "text_1": "甲职"}

    response = clerk.post(RANKS, values)

    assert response.status_code == 422
    assert "还没有选领导职务层次或职级" in response.content.decode()
    assert Cadre.objects.get().rank_unmapped


def test_worklist_keeps_to_the_change_scope(city):
    district = make_unit("甲区", parent=city)
    other = make_cadre("乙某某", unit=city, former_post="同样的职务", rank_unmapped=True)
    client = Client()
    client.force_login(make_user("district", role="clerk", unit=district))

    assert "乙某某" not in client.get(RANKS).content.decode()
    client.post(RANKS, {"take_0": "1", "text_0": "同样的职务", "leader_0": "142"})

    other.refresh_from_db()
    assert other.rank_unmapped


def test_worklist_asks_the_same_number_of_questions_for_one_and_many(city, clerk, django_assert_max_num_queries):
    for number in range(40):
        make_cadre(f"甲{number}", unit=city, former_post=f"职务{number % 35}", rank_unmapped=True)

    clerk.get(RANKS)  # what every page asks once a minute
    with django_assert_max_num_queries(14):
        assert clerk.get(RANKS).status_code == 200


# Treatments with documents


@pytest.mark.parametrize(
    ("before", "after", "act"),
    [("", "132", "批准"), ("132", "131", "提高"), ("131", "132", "降低"), ("131", "", "取消")],
)
def test_acts_on_a_treatment_have_their_names(before, after, act):
    assert treatment_act(before, after) == act


def treat(client, cadre, **over):
    values = {"way": "change", "value": "131", "since": "2020-05-01", "document_no": "乙〔2020〕2号", **over}
    return client.post(f"/admin/registry/cadre/{cadre.pk}/standing/treatment/", values)


def test_raised_lowered_and_withdrawn_stand_in_the_history_with_their_scan(city, clerk):
    cadre = make_cadre(unit=city)
    treat(clerk, cadre, value="132", since="2010-01-01", document_no="甲〔2010〕1号")
    treat(clerk, cadre, scan=SimpleUploadedFile("批复.pdf", PDF))
    treat(clerk, cadre, value="132", since="2022-01-01", document_no="丙〔2022〕3号")
    treat(clerk, cadre, value="none", since="2024-01-01", document_no="丁〔2024〕4号")

    page = clerk.get(f"/admin/registry/cadre/{cadre.pk}/change/").content.decode()
    acts = ["取消待遇：县处级副职 → 无", "降低待遇：", "提高待遇：", "批准待遇：无 → 县处级副职"]
    assert sorted(acts, key=page.index) == acts
    assert "丁〔2024〕4号" in page
    cadre.refresh_from_db()
    assert cadre.treatment == ""
    assert standing.value_on(cadre, StandingKind.TREATMENT, datetime.date(2021, 1, 1)) == "131"
    assert standing.value_on(cadre, StandingKind.TREATMENT, datetime.date(2009, 1, 1)) == ""

    span = StandingSpan.objects.get(scan__isnull=False)
    response = clerk.get(f"/admin/registry/cadre/{cadre.pk}/document/{span.pk}/")
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert AuditEntry.objects.filter(action="download", target=f"registry.standingspan:{span.pk}").exists()


def test_a_treatment_is_not_withdrawn_by_a_field_left_alone(city, clerk):
    cadre = make_cadre(unit=city, treatment="132")

    response = treat(clerk, cadre, value="")

    assert response.status_code == 422
    cadre.refresh_from_db()
    assert cadre.treatment == "132"


def test_undo_takes_the_first_approval_back_too(city):
    cadre = make_cadre(unit=city)
    standing.change(cadre, StandingKind.TREATMENT, "132", since=datetime.date(2010, 1, 1), document_no="甲〔2010〕1号")

    assert standing.undo_last(cadre, StandingKind.TREATMENT)

    cadre.refresh_from_db()
    assert (cadre.treatment, cadre.treatment_since, cadre.treatment_document) == ("", None, "")


@pytest.mark.parametrize("data", [b"MZ\x90\x00", b"<html><script>", b"GIF89a"])
def test_other_files_are_refused_with_nothing_written(city, clerk, data):
    cadre = make_cadre(unit=city)

    response = treat(clerk, cadre, scan=SimpleUploadedFile("批复.pdf", data))

    assert response.status_code == 422
    assert "不是 PDF" in response.content.decode()
    cadre.refresh_from_db()
    assert (cadre.treatment, Attachment.objects.count()) == ("", 0)


def test_a_document_of_somebody_else_is_not_to_be_had(city, clerk):
    cadre, other = make_cadre("甲", unit=city), make_cadre("乙", unit=city)
    treat(clerk, cadre, scan=SimpleUploadedFile("批复.pdf", PDF))
    span = StandingSpan.objects.get()
    district = make_unit("甲区", parent=city)
    stranger = Client()
    stranger.force_login(make_user("district", role="clerk", unit=district))

    assert clerk.get(f"/admin/registry/cadre/{other.pk}/document/{span.pk}/").status_code == 404
    assert stranger.get(f"/admin/registry/cadre/{cadre.pk}/document/{span.pk}/").status_code == 404
    assert clerk.get(f"/admin/registry/cadre/{cadre.pk}/document/{span.pk + 1}/").status_code == 404
