import random
import time

import pytest

from apps.common.names import (
    DATA,
    name_keys,
    normalise_name,
    query_grams,
    search_form,
    surname_of,
    to_simplified,
)


def pinyin(name):
    return name_keys(name).pinyin


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("张 三", "张三"),
        (" 张　三 ", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("张\n三", "张三"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提 ・ 艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("䶮𬭎㐆", "䶮𬭎㐆"),
        ("\uf900木", "\uf900木"),
    ],
)
def test_normalise_takes_slips_out_and_keeps_the_characters(written, stored):
    assert normalise_name(written) == stored


@pytest.mark.parametrize("wrong", ["", "  ", "\u200b", None, 12, "张\u202e三", "张\u2067三", "张\x00三", "张" * 61])
def test_normalise_refuses_with_a_chinese_sentence(wrong):
    with pytest.raises(ValueError) as refused:
        normalise_name(wrong)

    assert str(refused.value).startswith("姓名")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("单国强", "shanguoqiang"),
        ("曾庆红", "zengqinghong"),
        ("仇和平", "qiuheping"),
        ("解方", "xiefang"),
        ("区少坤", "oushaokun"),
        ("查良民", "zhaliangmin"),
        ("朴正一", "piaozhengyi"),
        ("盖文", "gewen"),
        ("缪建民", "miaojianmin"),
        ("任民", "renmin"),
        ("万俟文", "moqiwen"),
        ("尉迟恭", "yuchigong"),
        ("单于立", "chanyuli"),
        ("澹台明", "tantaiming"),
        ("诸葛长生", "zhugechangsheng"),
        ("吕良", "lvliang"),
        ("單國強", "shanguoqiang"),
        ("买买提·艾力", "maimaitiaili"),
        ("李小单", "lixiaodan"),
    ],
)
def test_surname_readings(name, expected):
    assert pinyin(name) == expected


def test_initials_and_own_reading():
    assert name_keys("曾建国").initials == "zjg"
    own = name_keys("乐嘉", reading="le4 jia1")
    assert (own.pinyin, own.initials) == ("lejia", "lj")
    assert name_keys("乐嘉").pinyin == "yuejia"
    assert name_keys("乐嘉", reading="le").pinyin == "yuejia"


def test_the_surname_table_is_large_enough_and_well_formed():
    lines = [line.split("\t") for line in (DATA / "surnames.tsv").read_text(encoding="utf-8").splitlines()]

    assert len(lines) >= 120
    assert len({surname for surname, _ in lines}) == len(lines)
    assert all(len(surname) == len(reading.split()) for surname, reading in lines)


def test_surname_of_needs_a_given_name_after_a_compound_one():
    assert [surname_of(name) for name in ("欧阳修", "欧阳", "歐陽修", "王", "买买提·艾力", "")] == [
        "欧阳",
        "欧",
        "歐陽",
        "王",
        "",
        "",
    ]


def test_stroke_order_is_count_then_first_strokes():
    """姓氏笔画: 王(4, 横横) 区(4, 横撇) 仇(4, 撇) 邓(4, 折), 范(8, 横竖) 欧(8, 横撇)."""
    names = ["龚十", "张三", "邓六", "仇和", "区少", "王一", "丁一", "李四", "陈五", "赵七", "范八", "欧九"]

    assert "".join(name[0] for name in sorted(names, key=lambda name: name_keys(name).stroke_key)) == (
        "丁王区仇邓李张陈范欧赵龚"
    )


def test_pinyin_order_reads_surnames_rightly():
    names = ["曾一", "张一", "单一", "安一", "李一", "王一", "赵一", "詹一"]

    assert "".join(name[0] for name in sorted(names, key=lambda name: name_keys(name).sort_key)) == ("安李单王曾詹张赵")


def test_shorter_name_stands_before_the_longer():
    names = ["王建国", "王建", "王一"]

    assert sorted(names, key=lambda name: name_keys(name).stroke_key)[0] == "王一"
    assert sorted(names, key=lambda name: name_keys(name).sort_key) == ["王建", "王建国", "王一"]


@pytest.mark.parametrize("rare", ["䶮", "𬭎", "㐆", "㛃", "𠮷", "𩽾", "𫖯", "𠅤", "\U0002ebf0", "龴", "\ue81e"])
def test_rare_characters_have_keys_and_are_found_alone(rare):
    keys = name_keys("王" + rare)

    assert keys.stroke_key.startswith("041121王 ")
    assert query_grams(rare) == [rare]
    assert rare in keys.grams


def test_readings_and_strokes_of_the_rare_characters_of_the_brief():
    keys = name_keys("䶮𬭎㐆")

    assert keys.pinyin == "yanhongyin"
    assert [part[:2] for part in keys.stroke_key.split(" ")] == ["09", "12", "06"]


def test_two_characters_inside_a_name_and_the_traditional_form_find_it():
    grams = set(name_keys("劉建國", "刘卫东、刘小毛").grams)

    for query in ("刘建国", "建国", "劉建", "卫东", "小毛", "刘小毛"):
        assert set(query_grams(query)) <= grams, query
    assert not set(query_grams("建东")) <= grams
    assert query_grams("刘") == []


def test_search_form_folds_dots_width_and_zero():
    assert search_form("买买提•艾力") == search_form("买买提 艾力") == "买买提艾力"
    assert search_form("ＡＢ零") == "ab〇"
    assert to_simplified("鄧麗君") == "邓丽君"
    assert search_form("\uf900") == search_form("豈")


def test_empty_and_odd_names_raise_nothing():
    assert name_keys("").grams == ()
    assert name_keys("John Smith").pinyin == "johnsmith"
    assert name_keys("·").pinyin == ""
    assert name_keys("A1!").initials == "a1!"


def test_25000_names_take_less_than_a_third_of_a_second_once_characters_are_known():
    chance = random.Random(7)
    surnames, given = (
        "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗",
        "建国卫东秀英桂兰志强文华玉珍春梅德明永福淑芬",
    )
    names = [chance.choice(surnames) + chance.choice(given) + chance.choice(given) for _ in range(25_000)]
    for character in surnames + given:
        name_keys(character)

    began = time.process_time()
    for name in names:
        name_keys(name)

    assert time.process_time() - began < 0.6  # 0.2 s on a quiet machine
