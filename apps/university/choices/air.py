"""空中课堂, 电视课表, 教研 and 公益大讲堂 (domain 2.4; issue 6)."""

from django.db import models


class LessonKind(models.TextChoices):
    VIDEO = "video", "视频课"
    AUDIO = "audio", "音频课"
    TEXT = "text", "文字课"


class FileRole(models.TextChoices):
    """What a file of a lesson is for. SLOW is the same lesson, smaller, for the slow line."""

    MAIN = "main", "正片"
    SLOW = "slow", "慢速版"
    HANDOUT = "handout", "讲义"


class NominationState(models.TextChoices):
    ASKED = "asked", "等待评定"
    APPROVED = "approved", "评为精品课程"
    REFUSED = "refused", "没有评上"
    ENDED = "ended", "不再是精品课程"


class LectureState(models.TextChoices):
    DRAFT = "draft", "未公布"
    PUBLISHED = "public", "已公布"
    HELD = "held", "已讲"
    CANCELLED = "off", "取消"
