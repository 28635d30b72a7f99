"""Words of messages to students about their class."""

from dataclasses import dataclass

from apps.messaging.rules import check_person_text
from apps.organisation.rules import RuleValues, rule_kind

EXAMPLE = {
    "称呼": "欧阳德厚同志",
    "事项": "云江老年大学“国画山水三班”11月24日（周二）8:20–10:00的课停一次，原因：老师生病。",
}


@rule_kind(
    "university.class_texts",
    "老年大学班级通知",
    labels={"sms": "短信", "card": "信函", "call": "电话里怎么说"},
    source="规则手册 9.59；规则手册 5.6",
)
@dataclass(frozen=True)
class ClassTexts(RuleValues):
    """`{称呼}` is 同志 for cadres and 老师 for others, `{事项}` the sentence of the notice, `{电话}` the school's
    number. Raises ValueError with a sentence as for every text to an old person. See rule book 9.59."""

    sms: str = "{称呼}您好：{事项}有事请打电话{电话}。"
    card: str = "{称呼}：您好！{事项}您有事请打电话{电话}。"
    call: str = "{称呼}您好，我是老年大学的工作人员。{事项}您有什么事，可以打{电话}。"

    def __post_init__(self) -> None:
        for way in ("sms", "card", "call"):
            check_person_text(getattr(self, way), is_sms=way == "sms", facts=EXAMPLE)
