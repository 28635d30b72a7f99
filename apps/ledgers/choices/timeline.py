"""What the timeline of a person is filtered by."""

from django.db import models


class MomentKind(models.TextChoices):
    CONTACT = "contact", "联系看望"
    NEED = "need", "需求和办法"
    EVENT = "event", "人员和待遇变动"
    CARE = "care", "服务等级和责任人"
    TREATMENT = "treatment", "待遇落实"
    HEALTH = "health", "健康和医疗"
    AID = "aid", "困难帮扶"
    CALL = "call", "来电来访"
    BRANCH = "branch", "组织生活"
    SERVICE = "service", "志愿服务和社会任职"
