"""How long a text is as operators charge it, what may stand in one to an old person, what result files say."""

import pytest

from apps.messaging.rules import (
    SendingRules,
    SmsFileRules,
    check_person_text,
    outcome_of_word,
    sms_length,
    template,
    template_keys,
    webhook_text,
)
from apps.reminders.rules import GreetingTexts

# (text, units, parts): 3GPP TS 23.038 and 23.040; worked out by hand.
LENGTHS = [
    ("", 0, 0),
    ("好", 1, 1),
    ("好" * 70, 70, 1),
    ("好" * 71, 71, 2),
    ("好" * 134, 134, 2),
    ("好" * 135, 135, 3),
    ("好" * 201, 201, 3),
    ("【云江老干部】" + "好" * 63, 70, 1),
    ("【云江老干部】" + "好" * 64, 71, 2),
    ("𠮷" * 35, 70, 1),  # outside the basic plane: two units each
    ("𠮷" * 36, 72, 2),
    ("𠮷" * 67, 134, 3),  # 33 pairs a part: none is cut in two
    ("a" * 160, 160, 1),
    ("a" * 161, 161, 2),
    ("a" * 306, 306, 2),
    ("a" * 307, 307, 3),
    ("[" * 80, 160, 1),  # of the extension table: two septets each
    ("[" * 81, 162, 2),
    ("a" * 152 + "[" + "a" * 10, 164, 2),  # the pair begins the second part
    ("a" * 69 + "好", 70, 1),
    ("a" * 70 + "好", 71, 2),
    ("`" * 71, 71, 2),  # not in the GSM alphabet
]


@pytest.mark.parametrize(("text", "units", "parts"), LENGTHS)
def test_length_is_counted_as_operators_count(text, units, parts):
    length = sms_length(text)

    assert (length.units, length.parts) == (units, parts)


def test_the_words_beside_a_text_say_what_it_costs():
    assert sms_length("好" * 70).words == "70 字，1 条"
    assert sms_length("好" * 71).words == "71 字，按 2 条计费"


GOOD = "{姓名}同志：今天是您的生日，祝您快乐！有事请打电话{电话}。"


def test_the_words_we_ship_may_go_to_old_people_and_fit_one_part():
    texts = GreetingTexts()

    check_person_text(GOOD, is_sms=True)
    filled = texts.sms.replace("{姓名}", "李德厚").replace("{电话}", "0000-00000000")
    assert sms_length("【云江老干部】" + filled).parts == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("李德厚您好，有事打{电话}。", "同志"),
        ("{姓名}同志：祝您快乐！", "电话"),
        (GOOD + "详见 http://a.example", "链接"),
        (GOOD + "请看 www.a.example", "链接"),
        (GOOD + "登录 yunjiang.gov.cn 查看", "链接"),
        (GOOD + "请点击下面", "链接"),
        (GOOD + "{余额}", "余额"),
        (GOOD + "{", "能用的只有"),
        (GOOD + "您是独居老人", "独居"),
        ("{姓名}同志：祝生日快乐，请打{电话}。", "您"),
        (GOOD + "好" * 120, "计费"),
    ],
)
def test_what_must_not_go_to_an_old_person_is_refused_with_a_sentence(text, why):
    with pytest.raises(ValueError, match=why) as refused:
        check_person_text(text, is_sms=True)
    assert str(refused.value).endswith("。")


def test_nothing_said_to_staff_names_anybody_or_an_illness():
    for key in template_keys():
        item = template(key)
        assert "{" not in item.label
        assert not {"癌", "中风", "痴呆", "失能"} & set(item.label)
    assert webhook_text({"visit.eve": 2, "hospital.day": 1}).startswith("您今天有3件待办：")


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("成功", "delivered"), (" 发送 成功 ", "delivered"), ("DELIVRD", "delivered"), ("delivrd", "delivered"),
     (0, "delivered"), (0.0, "delivered"), ("空号", "failed"), ("UNDELIV", "failed"), ("处理中", "unknown"),
     ("", "unknown"), (None, "unknown"), (12, "unknown")],
)  # fmt: skip
def test_words_of_a_result_file(word, outcome):
    assert outcome_of_word(word, SmsFileRules()) == outcome


@pytest.mark.parametrize("values", [
    {"columns": ("手机号码",), "headings": ("手机号码",)},
    {"columns": ("手机号码", "短信内容", "年龄"), "headings": ("a", "b", "c")},
    {"headings": ("a", "b")}, {"headings": ("a", "a", "b", "c", "d")}, {"delivered_words": ("成功", "失败")},
])  # fmt: skip
def test_file_rules_that_make_no_sense_are_refused(values):
    with pytest.raises(ValueError, match="。"):
        SmsFileRules(**values)


@pytest.mark.parametrize("values", [
    {"noon_from": "25:00"}, {"noon_from": "15:00"}, {"mobile_order": ()}, {"mobile_order": ("邮件",)},
    {"letter_order": ("鸽子",)}, {"digest_channels": ("信函贺卡",)}, {"batch_size": 0},
])  # fmt: skip
def test_channel_rules_that_make_no_sense_are_refused(values):
    with pytest.raises(ValueError, match="。"):
        SendingRules(**values)


def test_orders_by_how_he_is_reached():
    rules = SendingRules(letter_order=("信函贺卡",))

    assert rules.person_order("mobile") == ("sms", "smsfile", "sheet")
    assert (
        rules.person_order("landline")[0]
        == rules.person_order("through")[0]
        == rules.person_order("visit")[0]
        == "sheet"
    )
    assert rules.person_order("letter") == ("print",)
