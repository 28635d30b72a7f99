"""Fees paid and given back (domain 2.4, 3.10)."""

from django.db import models


class PaymentMethod(models.TextChoices):
    CASH = "cash", "现金"
    POS = "pos", "刷卡、扫码（POS）"
    TRANSFER = "bank", "银行转账"
    CARRIED = "carry", "换课转入"


TAKEN = (PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.TRANSFER)


class RefundCause(models.TextChoices):
    OWN = "own", "本人退课"
    CLASS_OFF = "off", "学校取消开班"
    DEATH = "death", "离世"
    ILLNESS = "ill", "重病"
    MOVED = "moved", "移居外地、出国"
    CHANGE = "change", "换课差额"
    OVERPAID = "over", "多缴"


# With a proof, by their own table (rule book 9.35).
SPECIAL = (RefundCause.DEATH, RefundCause.ILLNESS, RefundCause.MOVED)
# The school's doing: all that was paid above what is owed, without a fee for handling.
IN_FULL = (RefundCause.CLASS_OFF, RefundCause.CHANGE, RefundCause.OVERPAID)


class RefundState(models.TextChoices):
    APPLIED = "applied", "已申请"
    SIGNED = "signed", "已签字"
    SENT = "sent", "已送财务"
    PAID = "paid", "已退"
    REFUSED = "refused", "不予退费"
    WITHDRAWN = "back", "已撤回"


# Those count against what was paid.
STANDING = (RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT, RefundState.PAID)


class RefundAct(models.TextChoices):
    APPLY = "apply", "登记退费申请"
    SIGN = "sign", "登记签字收回"
    SEND = "send", "送财务"
    PAY = "pay", "登记已退"
    REFUSE = "refuse", "不予退费"
    WITHDRAW = "withdraw", "撤回申请"
    UNDO = "undo", "撤回上一步"
