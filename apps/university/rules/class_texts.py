"""Words of messages to students about their class: 同志 to cadres, 学员 to others, 您 to all, nothing to click."""

from dataclasses import dataclass

from apps.messaging.rules.person_texts import LINK, NOT_IN_TEXTS
from apps.organisation.rules import RuleValues, rule_kind

NEEDED = ("{称呼}", "{事项}", "{电话}")


@rule_kind(
    "university.class_texts",
    "老年大学班级通知",
    labels={"sms": "短信", "card": "信函", "call": "电话里怎么说"},
    source="规则手册 9.59",
)
@dataclass(frozen=True)
class ClassTexts(RuleValues):
    """`{称呼}` name with 同志 or 学员, `{事项}` the sentence of the notice, `{学校}`, `{电话}` the school's. Raises
    ValueError with a sentence. See rule book 9.59."""

    sms: str = "{称呼}您好：{事项}有事请打{电话}。{学校}"
    card: str = "{称呼}：\n您好！{事项}\n您有事请打电话 {电话}。\n{学校}"
    call: str = "{称呼}您好，我是{学校}的工作人员。{事项}您有什么事，可以打 {电话}。"

    def __post_init__(self) -> None:
        for text in (self.sms, self.card, self.call):
            if missing := [name for name in NEEDED if name not in text]:
                raise ValueError(f"要写上“{missing[0]}”。")
            if LINK.search(text) or any(word in text for word in NOT_IN_TEXTS):
                raise ValueError("给老同志的话里不放网址、链接和二维码，也不写工作用语。")
            if "您" not in text:
                raise ValueError("对老同志称“您”。")
