"""Requests for help: who asks, how far it is."""

from django.db import models


class AskedAs(models.TextChoices):
    SELF = "self", "本人"
    FAMILY = "family", "家属"
    CARER = "carer", "责任人"
    COMMUNITY = "commune", "社区"
    BRANCH = "branch", "党支部"
    STAFF = "staff", "工作人员代提"


class Consent(models.TextChoices):
    """How his branch asked him before it asked for him."""

    FACE = "face", "当面问过，他愿意"
    PHONE = "phone", "电话里问过，他愿意"


class RequestState(models.TextChoices):
    """A request goes down this list; UNMET and CANCELLED end it without service."""

    OPEN = "open", "正在找人"
    AGREED = "agreed", "已有人答应"
    DONE = "done", "已服务，等确认"
    CONFIRMED = "ok", "已确认"
    UNMET = "unmet", "没有找到人"
    CANCELLED = "off", "已取消"


LIVE_REQUESTS = (RequestState.OPEN, RequestState.AGREED, RequestState.DONE)


class Effort(models.TextChoices):
    """What a request takes of the helper, of what volunteers say that they do not want."""

    STAIRS = "stairs", "要爬楼"
    NIGHT = "night", "天黑以后"
    LIFTING = "lifting", "要搬重东西"
    FAR = "far", "要走远路"


class ProposalState(models.TextChoices):
    """Nobody is given anything to do without his yes (自觉自愿)."""

    PROPOSED = "proposed", "建议人选"
    ASKED = "asked", "已问，等答复"
    ACCEPTED = "yes", "愿意"
    DECLINED = "no", "这次不方便"
    LAPSED = "lapsed", "没有答复"
    WITHDRAWN = "off", "不再需要"


class ConfirmedAs(models.TextChoices):
    """Who said that the service was done, and for how long."""

    RECEIVER = "self", "本人"
    FAMILY = "family", "家属"
    COMMUNITY = "commune", "社区"
    STAFF = "staff", "工作人员电话核实"
