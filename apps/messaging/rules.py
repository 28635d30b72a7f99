"""What messages say and when they may disturb. Pure: no ORM, no clock."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.organisation.rules import rule_kind

from .choices import Channel, DeliveryClass

ZONE = ZoneInfo("Asia/Shanghai")
SMS_LENGTH = 70  # one part; longer ones are split and charged by 67


@rule_kind(
    "messaging",
    "消息发送",
    labels={
        "quiet_from": "晚上几点起不打扰",
        "quiet_until": "早上几点起可以发",
        "digest_channels": "每日汇总另外发到",
        "urgent_channels": "紧急的另外发到",
        "sms_daily_cap": "每个号码一天最多几条短信",
    },
    source="领域资料 3.5、可信要求 D",
)
@dataclass(frozen=True)
class SendingRules:
    """Quiet from `quiet_from` o'clock (inclusive) to `quiet_until` (exclusive), Asia/Shanghai. The inbox always gets
    everything; these are the channels beside it."""

    quiet_from: int = 21
    quiet_until: int = 8
    digest_channels: tuple[str, ...] = (Channel.SMS.value, Channel.EMAIL.value)
    urgent_channels: tuple[str, ...] = (Channel.SMS.value, Channel.EMAIL.value)
    sms_daily_cap: int = 20

    def __post_init__(self):
        if not 0 <= self.quiet_until < self.quiet_from <= 24:
            raise ValueError("不打扰的时段要从晚上到第二天早上，例如 21 到 8；不设就填 24 到 0。")
        if {*self.digest_channels, *self.urgent_channels} - {Channel.SMS.value, Channel.EMAIL.value}:
            raise ValueError("发送通道只能是 sms 或 email。")
        if self.sms_daily_cap < 1:
            raise ValueError("每天至少允许 1 条。")


@dataclass(frozen=True)
class Template:
    """What a message says, as a counted line: all that leaves the portal is built from `label`, a number and `unit`.

    `health` lines are not shown beside a name even inside the portal's inbox. `about_living`: withheld once the
    person it speaks of no longer lives. `page`: name of the address where its rows are worked off, for the inbox.
    """

    key: str
    label: str
    unit: str = "条"
    health: bool = False
    about_living: bool = True
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


def sms_text(counts: Mapping[str, int], *, signature: str, total_unit: str = "项") -> str:
    """【signature】 and the counted lines; when longer than one part, the total alone."""
    opening, closing = f"【{signature}】提醒：", "。请登录平台查看。"
    text = opening + "，".join(counted_lines(counts)) + closing
    if len(text) <= SMS_LENGTH:
        return text
    return f"{opening}共{sum(counts.values())}{total_unit}{closing}"


def mail_text(counts: Mapping[str, int], *, bureau: str, day: datetime.date) -> tuple[str, str]:
    """Subject and body, counts only."""
    subject = f"{day.month}月{day.day}日工作提醒（{sum(counts.values())}项）"
    lines = "\n".join(f"· {line}" for line in counted_lines(counts))
    return subject, f"您好：\n\n{lines}\n\n请登录平台，在“我的消息”和“今日待办”里查看。\n\n{bureau}\n"


def is_quiet(now: datetime.datetime, rules: SendingRules) -> bool:
    hour = now.astimezone(ZONE).hour
    return hour >= rules.quiet_from or hour < rules.quiet_until


def may_go(delivery_class: str, now: datetime.datetime, rules: SendingRules) -> bool:
    """Codes and alarms go at any hour; everything else keeps the quiet hours."""
    return delivery_class in (DeliveryClass.CODE, DeliveryClass.ALARM) or not is_quiet(now, rules)


def back_off(attempts: int) -> datetime.timedelta:
    """Wait after the nth failed attempt: 1, 2, 4 … minutes, at most one hour."""
    return datetime.timedelta(minutes=min(60, 2 ** max(0, attempts - 1)))


def breaker_pause(failures: int) -> datetime.timedelta | None:
    """Pause of a channel after `failures` in a row: none below five, then 30 s doubling to ten minutes."""
    if failures < 5:
        return None
    return datetime.timedelta(seconds=min(600, 30 * 2 ** min(10, failures - 5)))
