"""What old people are told about a draw: plain words, the number to ring, nothing to click."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind
from apps.registry.addressing import address_of

DRAW_PLACED, DRAW_WAITS = "draw.placed", "draw.waits"
EXAMPLE = {"称呼": "欧阳德厚同志"}
LABELS = {"sms": "短信（不含签名）", "card": "信件", "call": "电话里说"}


class _Texts(RuleValues):
    def __post_init__(self) -> None:
        check_person_text(self.sms, is_sms=True, facts=EXAMPLE)
        check_person_text(self.card, is_sms=False, facts=EXAMPLE)
        check_person_text(self.call, is_sms=False, facts=EXAMPLE)


@rule_kind("draw_placed_texts", "抽签录取通知", labels=LABELS, source="规则手册 9.18；领域资料 0（用语）、3.10")
@dataclass(frozen=True)
class PlacedTexts(_Texts):
    """To whom the draw gave a place. Raises ValueError with a sentence. See rule book 9.18."""

    sms: str = "{称呼}：老年大学抽签结果已公布，您已录取。上课时间、缴费请看“我的课程”或打电话{电话}。"
    card: str = "{称呼}：老年大学抽签结果已公布，您已录取。上课时间和缴费办法请打电话{电话}问学校，也可以请家里人代办。"
    call: str = "{称呼}，您好！这里是{局名}。老年大学抽签结果出来了，您已录取。缴费和上课时间有不清楚的，请打{电话}。"


@rule_kind("draw_waits_texts", "抽签候补通知", labels=LABELS, source="规则手册 9.19；领域资料 0（用语）、3.10")
@dataclass(frozen=True)
class WaitsTexts(_Texts):
    """To whom the draw gave none. Raises ValueError with a sentence. See rule book 9.19."""

    sms: str = (
        "{称呼}：老年大学抽签结果已公布，您这次没有抽中，已按抽签先后排入候补，有名额空出会联系您。第几位请问{电话}。"
    )
    card: str = (
        "{称呼}：老年大学抽签结果已公布，您这次没有抽中，已按抽签先后排入候补。有名额空出，学校会按次序联系您；"
        "排在第几位请打电话{电话}。"
    )
    call: str = (
        "{称呼}，您好！这里是{局名}。老年大学抽签您这次没有抽中，已按抽签先后排入候补，有名额空出会按次序联系您。"
        "排在第几位，请打{电话}问。"
    )


def facts(context: dict) -> Mapping[str, str]:
    """How he is addressed."""
    return {"称呼": address_of(context["person"])}


register_template(Template(key=DRAW_PLACED, label="抽签录取通知", unit="份", texts=PlacedTexts.rule_key, facts=facts))
register_template(Template(key=DRAW_WAITS, label="抽签候补通知", unit="份", texts=WaitsTexts.rule_key, facts=facts))
