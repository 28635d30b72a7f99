"""困难帮扶 (domain 2.7, 3.12)."""

from django.db import models


class AidKind(models.TextChoices):
    ECONOMIC = "economic", "经济"
    MEDICAL = "medical", "医疗"
    HOUSEHOLD = "household", "家政"
    SPIRIT = "spirit", "精神"


class AidHelp(models.TextChoices):
    CASH = "cash", "现金"
    GOODS = "goods", "物资"
    MANPOWER = "manpower", "人力"


class AidApplicant(models.TextChoices):
    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    UNIT = "unit", "单位"
    SURVIVOR = "survivor", "遗属"


class AidVia(models.TextChoices):
    """By which door an application came; on behalf is said wherever it is shown."""

    SELF = "self", "本人网上填"
    PROXY = "proxy", "家属代办"
    BRANCH = "branch", "支部代报"
    STAFF = "staff", "工作人员代录"


class AidState(models.TextChoices):
    APPLIED = "applied", "待核实"
    VERIFIED = "verified", "待单位签章"
    SIGNED = "signed", "待初审"
    REVIEWED = "reviewed", "待上会"
    DECIDED = "decided", "待公示"
    NOTICED = "noticed", "公示中"
    PAID = "paid", "待签收"
    CLOSED = "closed", "已办结"
    RETURNED = "returned", "退回补正"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class AidAct(models.TextChoices):
    APPLY = "apply", "申请"
    RESUBMIT = "resubmit", "补正后再报"
    VERIFY = "verify", "入户核实"
    SIGN = "sign", "单位签章"
    REVIEW = "review", "初审"
    DECIDE = "decide", "上会通过"
    PUT_OFF = "put_off", "会上缓议"
    NOTICE = "notice", "开始公示"
    PAY = "pay", "发放"
    RECEIVE = "receive", "签收"
    RETURN = "return", "退回补正"
    REFUSE = "refuse", "不批准"
    WITHDRAW = "withdraw", "撤回申请"
    SURVIVORS = "survivors", "转遗属办理"
    FAMILY = "family", "登记遗属"
    REVISIT = "revisit", "次年回访"
    UNDO = "undo", "撤回上一步"


class AidVerdict(models.TextChoices):
    """What the meeting says of one application."""

    GRANT = "grant", "同意"
    REFUSE = "refuse", "不同意"
    PUT_OFF = "put_off", "缓议"


class PayMethod(models.TextChoices):
    BANK = "bank", "打卡"
    CASH = "cash", "现金"
    UNIT = "unit", "由单位转发"
    IN_KIND = "in_kind", "送到家"


class EvidenceKind(models.TextChoices):
    INCOME = "income", "收入证明"
    MEDICAL = "medical", "病历、票据"
    DISABLED = "disabled", "残疾证"
    FAMILY = "family", "关系证明"
    DISASTER = "disaster", "受灾、变故证明"
    OTHER = "other", "其他"


class ObjectionOutcome(models.TextChoices):
    OPEN = "open", "核查中"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"


class NoticeName(models.TextChoices):
    """How a name stands on the public notice."""

    FULL = "full", "全名"
    SURNAME = "surname", "只写姓"
