"""Offerings, sign-ups, offers and draws (domain 2.4.1, 3.10)."""

from django.db import models


class Mode(models.TextChoices):
    """How the places of an offering are given."""

    LOTTERY = "lottery", "抽签"
    FIRST_COME = "first", "先报先得"


class OfferingState(models.TextChoices):
    DRAFT = "draft", "未公布"
    OPEN = "open", "已公布"
    CANCELLED = "off", "取消"
    ENDED = "ended", "已结束"


class SignUpState(models.TextChoices):
    """Where a sign-up stands. SEATED and OFFERED hold a place; the others hold none."""

    APPLIED = "applied", "等待抽签"
    WAITING = "waiting", "候补"
    OFFERED = "offered", "有名额，等您确认"
    SEATED = "seated", "已录取"
    UNDONE = "undone", "已撤销"
    WITHDRAWN = "left", "已退出"
    DECLINED = "declined", "已放弃"
    LAPSED = "lapsed", "过期未确认"
    REMOVED = "removed", "已移出"
    CANCELLED = "off", "已取消"


HOLDING = (SignUpState.SEATED, SignUpState.OFFERED)
ACTIVE = (*HOLDING, SignUpState.APPLIED, SignUpState.WAITING)


class SignUpSource(models.TextChoices):
    """By which door it came. All have equal weight."""

    WEB = "web", "本人网上报"
    PROXY = "proxy", "家属代报"
    DESK = "desk", "窗口代报"
    PHONE = "phone", "电话代报"
    PAD = "pad", "登记本补录"
    CONTINUING = "next", "原班升级"
    STAFF = "staff", "工作人员调整"


class OfferReason(models.TextChoices):
    FREED = "freed", "有人退出"
    CONTINUING = "next", "原班升级"
    ADDED = "added", "增加名额"


class OfferState(models.TextChoices):
    OPEN = "open", "等待答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "放弃"
    LAPSED = "lapsed", "到期没有答复"
    UNREACHED = "unreached", "没有联系上"
    WITHDRAWN = "withdrawn", "收回"


class RoundState(models.TextChoices):
    COLLECTING = "collect", "报名"
    FROZEN = "frozen", "名单已封存"
    DRAWN = "drawn", "已抽签"
    PUBLISHED = "public", "已公布"
    CANCELLED = "off", "取消"


class AttemptWay(models.TextChoices):
    """How somebody tried to reach the one whose turn it is."""

    PHONE = "phone", "打电话"
    SMS = "sms", "发短信"
    VISIT = "visit", "上门或当面"
    THROUGH = "through", "请人转告"
    LETTER = "letter", "写信"
