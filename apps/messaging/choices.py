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


# Channels that disturb: they keep quiet hours, need a sender and have an outcome of their own.
PUSHED = (Channel.SMS, Channel.EMAIL)


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
    NO_RECIPIENT = "no_recipient", "接收人账号已停用"
    BASIS_GONE = "basis_gone", "事由已消除"
    CHANNEL_OFF = "channel_off", "这条通道没有启用"
