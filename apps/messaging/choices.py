from collections.abc import Collection, Iterable

from django.db import models


class Channel(models.TextChoices):
    """Ways a message leaves."""

    INBOX = "inbox", "站内"
    SHEET = "sheet", "电话单"
    PRINT = "print", "信函贺卡"
    SMS_FILE = "smsfile", "短信批量文件"
    SMS = "sms", "短信"
    WEBHOOK = "webhook", "工作群机器人"
    EMAIL = "email", "邮件"


# Channels that a sender pushes out by itself; they keep the quiet hours.
PUSHED = (Channel.SMS, Channel.EMAIL, Channel.WEBHOOK)
# Channels handed out by a person, many at a time; the outcome comes back by hand too.
BATCHED = (Channel.SHEET, Channel.PRINT, Channel.SMS_FILE)
FOR_STAFF = (Channel.SMS, Channel.EMAIL, Channel.WEBHOOK, Channel.SMS_FILE)
FOR_PEOPLE = (Channel.SMS, Channel.SMS_FILE, Channel.SHEET, Channel.PRINT)


def channels_named(names: Iterable[str], *, among: Collection[str]) -> tuple[str, ...]:
    """Channels by their Chinese names or codes, in the order given; raises ValueError with a sentence."""
    known = {channel.label: channel.value for channel in Channel} | {
        channel.value: channel.value for channel in Channel
    }
    found = [known.get(name.strip(), "") for name in names]
    allowed = {str(channel) for channel in among}
    if set(found) - allowed:
        raise ValueError(f"发送通道只能是{'、'.join(Channel(channel).label for channel in among)}。")
    return tuple(dict.fromkeys(found))


class DeliveryClass(models.TextChoices):
    """Design 4C: codes and alarms know no quiet hours, urgent ones go alone, the rest is one a recipient, channel and
    day."""

    CODE = "code", "验证码"
    ALARM = "alarm", "当日急办"
    URGENT = "urgent", "单独发送"
    DIGEST = "digest", "每日汇总"


class DeliveryState(models.TextChoices):
    PENDING = "pending", "等待发送"
    CLAIMED = "claimed", "正在发送"
    HANDED = "handed", "已交出，等结果"
    SENT = "sent", "已发送"
    FAILED = "failed", "没有发出"
    UNKNOWN = "unknown", "不知是否送达"
    WITHDRAWN = "withdrawn", "已撤回"


class Outcome(models.TextChoices):
    """Why a delivery stands where it stands; what staff read in the day's figures."""

    NONE = "", ""
    ACCEPTED = "accepted", "对方已接收"
    RECEIPT = "receipt", "运营商回执：已送达"
    VERIFIED = "verified", "工作人员核实已送达"
    POSTED = "posted", "已寄出"
    TOLD = "told", "已电话或当面转达"
    FILE_DELIVERED = "file_ok", "结果文件：已送达"
    FILE_UNDELIVERED = "file_failed", "结果文件：未送达"
    RETURNED = "returned", "退回或没有寄成"
    NOT_TOLD = "not_told", "没有联系上"
    NO_RESULT = "no_result", "结果看不出是否送达"
    ELSEWHERE = "elsewhere", "已由别的通道送达"
    UNDELIVERED = "undelivered", "运营商回执：未送达"
    REFUSED = "refused", "对方拒收"
    UNREACHABLE = "unreachable", "连不上，稍后再试"
    BUSY = "busy", "对方繁忙，稍后再试"
    NO_ANSWER = "no_answer", "没有收到答复"
    INTERRUPTED = "interrupted", "发送中途中断"
    TOO_MANY = "too_many", "多次重试仍未成功"
    OVER_CAP = "over_cap", "超过每日条数上限"
    EXPIRED = "expired", "过了时效"
    NO_ADDRESS = "no_address", "没有可用的号码或邮箱"
    NO_CONSENT = "no_consent", "本人没有同意接收"
    NOT_REACHED_SO = "not_reached_so", "本人不用这种方式联系"
    NOT_LIVING = "not_living", "老同志已离世或情况待核实"
    MOURNING = "mourning", "家有丧事，暂不祝贺问候"
    NO_RECIPIENT = "no_recipient", "接收人账号已停用"
    BASIS_GONE = "basis_gone", "事由已消除"
    CHANNEL_OFF = "channel_off", "这条通道没有启用"
