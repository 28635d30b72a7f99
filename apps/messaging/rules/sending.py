"""When messages may disturb, which way they go by default, and how patiently a sender tries."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.messaging.choices import FOR_PEOPLE, FOR_STAFF, Channel, DeliveryClass, channels_named
from apps.organisation.rules import RuleValues, rule_kind

ZONE = ZoneInfo("Asia/Shanghai")
AT_ANY_HOUR = (DeliveryClass.CODE, DeliveryClass.ALARM)


def clock(text: str) -> datetime.time:
    """ "12:00" as a time; raises ValueError with a sentence."""
    try:
        return datetime.time.fromisoformat(text.strip().replace("：", ":").zfill(5))
    except ValueError:
        raise ValueError(f"时间“{text}”不对，请写成 12:00 这样。") from None


@rule_kind(
    "messaging",
    "消息发送",
    labels={
        "quiet_from": "晚上几点起不打扰",
        "quiet_until": "早上几点起可以发",
        "noon_from": "老同志午休从几点起",
        "noon_until": "老同志午休到几点",
        "digest_channels": "同事的每日汇总另外发到",
        "urgent_channels": "同事的紧急消息另外发到",
        "staff_one_channel": "同事只用一个通道，发不出再换下一个",
        "mobile_order": "打手机的老同志，按什么先后",
        "landline_order": "打座机的老同志，按什么先后",
        "letter_order": "写信的老同志，按什么先后",
        "visit_order": "上门、请人转告的老同志，按什么先后",
        "sms_daily_cap": "每个号码一天最多几条短信",
        "batch_size": "一批最多几条",
        "batch_days": "交出的一批几天后应有结果",
    },
    source="规则手册 5.1；领域资料 3.5、可信要求 D",
)
@dataclass(frozen=True)
class SendingRules(RuleValues):
    """Quiet from `quiet_from` o'clock (inclusive) to `quiet_until` (exclusive), Asia/Shanghai; old people are also
    left in peace from `noon_from` to `noon_until` ("HH:MM", end exclusive). The inbox always gets everything for
    staff; the channels here are beside it. An order is tried from the front, each channel once. See rule book 5.5."""

    quiet_from: int = 21
    quiet_until: int = 8
    noon_from: str = "12:00"
    noon_until: str = "14:30"
    digest_channels: tuple[str, ...] = (Channel.SMS.label, Channel.EMAIL.label, Channel.WEBHOOK.label)
    urgent_channels: tuple[str, ...] = (Channel.SMS.label, Channel.EMAIL.label)
    staff_one_channel: bool = False
    mobile_order: tuple[str, ...] = (Channel.SMS.label, Channel.SMS_FILE.label, Channel.SHEET.label)
    landline_order: tuple[str, ...] = (Channel.SHEET.label, Channel.PRINT.label)
    letter_order: tuple[str, ...] = (Channel.PRINT.label, Channel.SHEET.label)
    visit_order: tuple[str, ...] = (Channel.SHEET.label, Channel.PRINT.label)
    sms_daily_cap: int = 20
    batch_size: int = 2000
    batch_days: int = 7

    def __post_init__(self):
        if not 0 <= self.quiet_until < self.quiet_from <= 24:
            raise ValueError("不打扰的时段要从晚上到第二天早上，例如 21 到 8；不设就填 24 到 0。")
        if clock(self.noon_from) > clock(self.noon_until):
            raise ValueError("午休的开始要早于结束，例如 12:00 到 14:30；不设就填一样的时间。")
        channels_named(self.digest_channels, among=FOR_STAFF)
        channels_named(self.urgent_channels, among=FOR_STAFF)
        for order in (self.mobile_order, self.landline_order, self.letter_order, self.visit_order):
            if not channels_named(order, among=FOR_PEOPLE):
                raise ValueError("给老同志的通道至少要有一个。")
        if self.sms_daily_cap < 1:
            raise ValueError("每天至少允许 1 条。")
        if not 1 <= self.batch_size <= 5000 or not 1 <= self.batch_days <= 60:
            raise ValueError("一批填 1 到 5000 条，等结果填 1 到 60 天。")

    def person_order(self, reach_by: str) -> tuple[str, ...]:
        """Channels for somebody reached by (`people.choices.ReachBy`) when he has no order of his own."""
        order = {"mobile": self.mobile_order, "landline": self.landline_order, "letter": self.letter_order}
        return channels_named(order.get(reach_by, self.visit_order), among=FOR_PEOPLE)

    def staff_lanes(self, delivery_class: str) -> list[tuple[str, ...]]:
        """Orders tried side by side for a colleague without one of his own: one channel each, or all as one order."""
        is_digest = delivery_class == DeliveryClass.DIGEST
        named = channels_named(self.digest_channels if is_digest else self.urgent_channels, among=FOR_STAFF)
        return [named] if self.staff_one_channel else [(channel,) for channel in named]


def is_quiet(now: datetime.datetime, rules: SendingRules) -> bool:
    hour = now.astimezone(ZONE).hour
    return hour >= rules.quiet_from or hour < rules.quiet_until


def is_noon_rest(now: datetime.datetime, rules: SendingRules) -> bool:
    """Whether old people rest: nothing that rings goes to them (rule book 5.4)."""
    return clock(rules.noon_from) <= now.astimezone(ZONE).time() < clock(rules.noon_until)


def may_go(delivery_class: str, now: datetime.datetime, rules: SendingRules, *, to_person: bool = False) -> bool:
    """Codes and alarms go at any hour; everything else keeps the quiet hours, old people's noon rest too.

    See rule book 5.1.
    """
    if delivery_class in AT_ANY_HOUR:
        return True
    return not is_quiet(now, rules) and not (to_person and is_noon_rest(now, rules))


def next_waking(day: datetime.date, rules: SendingRules) -> datetime.datetime:
    """The first moment of a day at which something may ring."""
    return datetime.datetime.combine(day, datetime.time(rules.quiet_until), ZONE)


def back_off(attempts: int) -> datetime.timedelta:
    """Wait after the nth failed attempt: 1, 2, 4 … minutes, at most one hour."""
    return datetime.timedelta(minutes=min(60, 2 ** max(0, attempts - 1)))


def breaker_pause(failures: int) -> datetime.timedelta | None:
    """Pause of a channel after `failures` in a row: none below five, then 30 s doubling to ten minutes."""
    if failures < 5:
        return None
    return datetime.timedelta(seconds=min(600, 30 * 2 ** min(10, failures - 5)))
