"""Words of what lecturers are told of talks. Counted lines to staff carry no name."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind

from .models import Talk, TalkAsk
from .rules.times import day_words, span_words

ASKED, FIXED, MOVED, CANCELLED, UNNEEDED, TOMORROW = (
    "talk.asked", "talk.fixed", "talk.moved", "talk.cancelled", "talk.unneeded", "talk.tomorrow",
)  # fmt: skip
NEW = "talk.new"
_PARTS = {
    "asked": "问宣讲员愿不愿意", "fixed": "宣讲定下来了", "moved": "宣讲改期", "cancelled": "宣讲取消",
    "unneeded": "宣讲不用去了", "tomorrow": "明天宣讲",
}  # fmt: skip
_WAYS = {"sms": "短信", "card": "信函", "call": "电话里说"}
EXAMPLE = {"单位": "云江市第三中学", "时间": "11月28日（星期六）上午9:00–10:00", "地点": "学校报告厅"}


@rule_kind(
    "talk_texts",
    "宣讲的通知",
    labels={f"{part}_{way}": f"{label}，{how}" for part, label in _PARTS.items() for way, how in _WAYS.items()},
    source="规则手册 10.63；领域资料 0（用语）；规则手册 5.6",
)
@dataclass(frozen=True)
class TalkTexts(RuleValues):
    """Words of each message. Raises ValueError with a sentence as for every text to an old person. See rule book
    10.63."""

    asked_sms: str = "{姓名}同志：{单位}想请您去宣讲，{时间}。方便不方便都请您打电话{电话}说一声，不方便也没有关系。"
    asked_card: str = "{姓名}同志：{单位}想请您去宣讲，{时间}，{地点}。方便不方便都请您打电话{电话}，不方便也没有关系。"
    asked_call: str = (
        "{姓名}同志，您好！{单位}想请您去宣讲，{时间}，在{地点}。您方便吗？不方便也没有关系，想好了打{电话}。"
    )
    fixed_sms: str = "{姓名}同志：谢谢您！去{单位}的宣讲定在{时间}，{地点}。有变化请打电话{电话}。"
    fixed_card: str = "{姓名}同志：谢谢您！去{单位}的宣讲定在{时间}，{地点}。有变化请打电话{电话}。"
    fixed_call: str = "{姓名}同志，您好！谢谢您，去{单位}的宣讲定在{时间}，在{地点}。有变化打{电话}。"
    moved_sms: str = "{姓名}同志：您去{单位}的宣讲改到{时间}，{地点}。不方便请打电话{电话}，没有关系。"
    moved_card: str = "{姓名}同志：您去{单位}的宣讲改到{时间}，{地点}。不方便请打电话{电话}，没有关系。"
    moved_call: str = "{姓名}同志，您好！您去{单位}的宣讲改到{时间}，在{地点}。您还方便吗？有事打{电话}。"
    cancelled_sms: str = "{姓名}同志：您去{单位}的宣讲（{时间}）取消了，请您不用去。有事请打电话{电话}。"
    cancelled_card: str = "{姓名}同志：您去{单位}的宣讲（{时间}）取消了，请您不用去。有事请打电话{电话}。"
    cancelled_call: str = "{姓名}同志，您好！您去{单位}的宣讲（{时间}）取消了，您不用去。有事打{电话}。"
    unneeded_sms: str = "{姓名}同志：谢谢您！{单位}{时间}的宣讲这次不用您去了，下次再请您。有事请打电话{电话}。"
    unneeded_card: str = "{姓名}同志：谢谢您！{单位}{时间}的宣讲这次不用您去了，下次再请您。有事请打电话{电话}。"
    unneeded_call: str = "{姓名}同志，您好！谢谢您，{单位}{时间}的宣讲这次不用您去了，下次再请您。有事打{电话}。"
    tomorrow_sms: str = "{姓名}同志：明天您去{单位}宣讲，{时间}，{地点}。有变化请打电话{电话}。"
    tomorrow_card: str = "{姓名}同志：明天您去{单位}宣讲，{时间}，{地点}。有变化请打电话{电话}。"
    tomorrow_call: str = "{姓名}同志，您好！明天您去{单位}宣讲，{时间}，在{地点}。要车接送、有变化打{电话}。"

    def __post_init__(self):
        for part in _PARTS:
            for way in _WAYS:
                check_person_text(getattr(self, f"{part}_{way}"), is_sms=way == "sms", facts=EXAMPLE)


def _values(host: str, place: str, on, starts: int, minutes: int, phone: str) -> dict[str, str]:
    values = {"单位": host, "时间": f"{day_words(on)}{span_words(starts, starts + minutes)}", "地点": place}
    return values | ({"电话": phone} if phone else {})


def talk_facts(context: dict) -> Mapping[str, str]:
    talk = Talk.objects.select_related("unit").get(pk=context["talk"])
    return _values(talk.host, talk.place, talk.on, talk.starts, talk.minutes, talk.unit.phone)


def ask_facts(context: dict) -> Mapping[str, str]:
    ask = TalkAsk.objects.select_related("booking__unit").get(pk=context["ask"])
    booking = ask.booking
    return _values(booking.host, booking.place, ask.on, ask.starts, ask.minutes, booking.unit.phone)


for _key, _part, _facts in (
    (ASKED, "asked", ask_facts), (UNNEEDED, "unneeded", ask_facts), (FIXED, "fixed", talk_facts),
    (MOVED, "moved", talk_facts), (CANCELLED, "cancelled", talk_facts), (TOMORROW, "tomorrow", talk_facts),
):  # fmt: skip
    register_template(Template(key=_key, label=_PARTS[_part], texts=TalkTexts.rule_key, part=f"{_part}_", facts=_facts))
register_template(
    Template(key=NEW, label="新的宣讲预约，请安排", unit="件", page="admin:volunteers_talkbooking_changelist")
)
