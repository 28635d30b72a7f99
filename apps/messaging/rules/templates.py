"""What messages say. Texts to staff are counted lines; texts to old people are whole sentences of a rule set."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .sms_length import sms_length


@dataclass(frozen=True)
class Template:
    """What a message says to staff, as a counted line: all that leaves the portal is built from `label`, a number and
    `unit`.

    `health` lines are not shown beside a name even inside the portal's inbox. `about_living`: withheld once the
    person it speaks of no longer lives. `celebrates`: withheld while his household mourns. `texts` is the rule kind
    of the words for an old person, with the fields `sms`, `card` and `call`, each behind `part` where one kind holds
    the words of several templates; without it nothing of this template goes to one. `facts`: from the ids of the
    context and the `person`, what else the words may name ({事项}), read when they are frozen. `page` names the address
    where its rows are worked off, for the inbox.
    """

    key: str
    label: str
    unit: str = "条"
    health: bool = False
    about_living: bool = True
    celebrates: bool = False
    texts: str = ""
    part: str = ""
    facts: Callable[[dict], Mapping[str, str]] | None = None
    page: str = ""


_templates: dict[str, Template] = {}


def register_template(template: Template) -> None:
    """Plugged by the apps above at start; a second template of the same key is a mistake."""
    if _templates.get(template.key, template) != template:
        raise ValueError(f"template {template.key} is registered twice")
    _templates[template.key] = template


def template(key: str) -> Template:
    return _templates[key]


def template_keys() -> list[str]:
    """In the order in which lines are shown: what cannot wait first."""
    return list(_templates)


def counted_lines(counts: Mapping[str, int]) -> list[str]:
    """今天生日2位 … in the order of registration; templates without a count are left out."""
    return [f"{item.label}{counts[item.key]}{item.unit}" for item in _templates.values() if counts.get(item.key)]


def sms_text(counts: Mapping[str, int], *, signature: str) -> str:
    """【signature】 and the counted lines; when longer than one part as operators count, the total alone.

    See rule book 5.2.
    """
    opening, closing = f"【{signature}】提醒：", "。请登录平台查看。"
    text = opening + "，".join(counted_lines(counts)) + closing
    if sms_length(text).parts <= 1:
        return text
    return f"{opening}您今天有{sum(counts.values())}件待办{closing}"


def webhook_text(counts: Mapping[str, int]) -> str:
    """For a working group, where everybody reads it: counts, nobody's name."""
    return f"您今天有{sum(counts.values())}件待办：{'，'.join(counted_lines(counts))}。请登录平台查看。"


def mail_text(counts: Mapping[str, int], *, bureau: str, day: datetime.date) -> tuple[str, str]:
    """Subject and body, counts only."""
    subject = f"{day.month}月{day.day}日工作提醒（{sum(counts.values())}项）"
    lines = "\n".join(f"· {line}" for line in counted_lines(counts))
    return subject, f"您好：\n\n{lines}\n\n请登录平台，在“我的消息”和“今日待办”里查看。\n\n{bureau}\n"
