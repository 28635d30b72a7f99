"""What each channel is: the one interface behind which they all stand (issue 3, Channels)."""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings

from apps.messaging.choices import BATCHED, PUSHED, Channel


class Way(Enum):
    """KEPT: being written is being delivered. PUSHED: a sender sends each. BATCHED: a person hands out many."""

    KEPT = "kept"
    PUSHED = "pushed"
    BATCHED = "batched"


class Needs(Enum):
    """The address that a delivery must have. NOTHING: whoever holds the sheet finds the person himself."""

    NOTHING = "nothing"
    MOBILE = "mobile"
    POSTAL = "postal"
    EMAIL = "email"
    ROBOT = "robot"


@dataclass(frozen=True)
class Kind:
    """`for_users` colleagues, `for_people` old people; `consent`: a person must have agreed to texts; `settled_by`
    says how the outcome comes back, in the words of the page."""

    channel: Channel
    way: Way
    needs: Needs
    for_users: bool
    for_people: bool
    consent: bool
    settled_by: str


KINDS: dict[str, Kind] = {
    kind.channel.value: kind
    for kind in (
        Kind(Channel.INBOX, Way.KEPT, Needs.NOTHING, True, False, False, "写入即送达"),
        Kind(Channel.SHEET, Way.BATCHED, Needs.NOTHING, False, True, False, "打完电话后登记结果"),
        Kind(Channel.PRINT, Way.BATCHED, Needs.POSTAL, False, True, False, "寄出后登记"),
        Kind(Channel.SMS_FILE, Way.BATCHED, Needs.MOBILE, True, True, True, "导入运营商的结果文件"),
        Kind(Channel.SMS, Way.PUSHED, Needs.MOBILE, True, True, True, "网关答复和回执"),
        Kind(Channel.WEBHOOK, Way.PUSHED, Needs.ROBOT, True, False, False, "机器人答复"),
        Kind(Channel.EMAIL, Way.PUSHED, Needs.EMAIL, True, False, False, "邮件服务器答复"),
    )
}


def enabled_channels() -> list[str]:
    """Pushed channels with an address in the settings."""
    addresses = {
        Channel.SMS: settings.SMS_GATEWAY["url"],
        Channel.EMAIL: settings.EMAIL_HOST,
        Channel.WEBHOOK: settings.WEBHOOK["url"] or settings.WEBHOOK["units"],
    }
    return [channel.value for channel in PUSHED if addresses[channel]]


def usable_channels() -> set[str]:
    """Channels beside the inbox that this installation can use: those handed out always, pushed ones if set up."""
    return {*enabled_channels(), *(channel.value for channel in BATCHED)}


def knows_keys(channel: str) -> bool:
    """Whether the other side recognises a repeated send key, so that a repeat is safe. A robot's does not."""
    return channel == Channel.SMS and settings.SMS_GATEWAY["idempotent"]


def send_timeout(channel: str) -> int:
    """Seconds that one attempt may take at most on each of its waits."""
    timeouts = {Channel.SMS: settings.SMS_GATEWAY["timeout"], Channel.WEBHOOK: settings.WEBHOOK["timeout"]}
    return timeouts.get(Channel(channel), settings.EMAIL_TIMEOUT)
