"""The shipped code lists and divisions: whole, unambiguous, and knowing what real rosters write."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from apps.registry.choices import Living, RetireType, RevolutionPeriod
from apps.registry.rules import GRADES, read_rank

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "apps/common/data/code_lists").glob("*.csv"))

# The drop-downs of the real template.
TEMPLATE = {
    "education": "博士,硕士,大学本科,大专,中专和中技,技工学校,高中,初中,小学,文盲与半文盲,其他",
    "sex": "男,女",
    "leader_rank": "正部级,副部级,正地(局)级,副地(局)级,正县(处)级,副县(处)级,正乡(科)级,副乡(科)级,科员及以下,其他",
    "org_area": "省级机关及其直属单位,省以下各级机关及其直属单位,高等院校,国有企业,乡镇街道",
    "political_status": "共产党员,预备党员,共青团员,民革党员,民盟盟员,民建会员,民进会员,农工党党员,致公党党员,"
    "九三学社社员,台盟盟员,无党派人士,群众",
    "staff_category": "公务员,参公,事业,工勤,国企管理人员,国企工人,外聘",
    "ethnicity": "汉族,蒙古族,满族,朝鲜族,赫哲族,达斡尔族,鄂温克族,鄂伦春族,回族,东乡族,土族,撒拉族,保安族,裕固族,"
    "维吾尔族,哈萨克族,柯尔克孜族,锡伯族,塔吉克族,乌孜别克族,俄罗斯族,塔塔尔族,藏族,门巴族,珞巴族,羌族,彝族,"
    "白族,哈尼族,傣族,僳僳族,佤族,拉祜族,纳西族,景颇族,布朗族,阿昌族,普米族,怒族,德昂族,独龙族,基诺族,苗族,"
    "布依族,侗族,水族,仡佬族,壮族,瑶族,仫佬族,毛南族,京族,土家族,黎族,畲族,高山族",
}


def lines_of(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def by_name(path):
    found = {}
    for line in lines_of(path):
        for name in (line["name"], *filter(None, line["aliases"].split("|"))):
            found.setdefault(name, set()).add(line["code"])
    return found


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_each_list_is_whole_and_no_name_means_two_codes(path):
    lines = lines_of(path)

    assert {line["list"] for line in lines} == {path.stem}
    assert len({line["code"] for line in lines}) == len(lines)
    assert all(line["name"] for line in lines)
    assert {name: codes for name, codes in by_name(path).items() if len(codes) > 1} == {}


@pytest.mark.parametrize("name", TEMPLATE)
def test_every_choice_of_the_real_template_is_known(name):
    known = by_name(ROOT / f"apps/common/data/code_lists/{name}.csv")

    assert [choice for choice in TEMPLATE[name].split(",") if choice not in known] == []


def test_the_typing_slips_of_rosters_map_to_one_code():
    ethnicity = by_name(ROOT / "apps/common/data/code_lists/ethnicity.csv")
    status = by_name(ROOT / "apps/common/data/code_lists/political_status.csv")

    assert ethnicity["傈僳族"] == ethnicity["僳僳族"] == {"20"}
    assert status["共产党员"] == status["中共党员"] == {"01"}
    assert len(lines_of(ROOT / "apps/common/data/code_lists/ethnicity.csv")) == 58


def test_lists_agree_with_choices_and_rules():
    def codes(name):
        return {line["code"] for line in lines_of(ROOT / f"apps/common/data/code_lists/{name}.csv")}

    assert codes("living") == set(Living.values)
    assert codes("retire_type") == set(RetireType.values)
    assert codes("revolution_period") == set(RevolutionPeriod.values)
    assert codes("grade_rank") == {grade.code for grade in GRADES}
    assert {grade.level for grade in GRADES} <= codes("leader_rank")


def test_the_template_ranks_are_read_as_the_list_codes_them():
    known = by_name(ROOT / "apps/common/data/code_lists/leader_rank.csv")

    for choice in TEMPLATE["leader_rank"].split(","):
        assert {read_rank(choice).leader_rank} == known[choice]


def test_divisions_hold_today_and_the_past():
    lines = {line["code"]: line for line in lines_of(ROOT / "fixtures/divisions.csv")}

    for code in ("110105", "370102", "370116", "330105", "411003", "440604", "659013", "653228", "653229"):
        assert not lines[code]["disabled_on"], code
    for code in ("110221", "512301", "440524", "422101", "132401", "371202", "330103"):
        assert dt.date.fromisoformat(lines[code]["disabled_on"]) < dt.date(2022, 1, 1), code
    assert lines["430682"]["full_name"] == "湖南省岳阳市临湘市"
    assert all(not line["parent"] or line["parent"] in lines for line in lines.values())
    assert {line["level"] for line in lines.values()} == {"province", "city", "county"}
    assert max(len(line["full_name"]) for line in lines.values()) <= 160
