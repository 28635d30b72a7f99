"""What is done after a death (domain 2.1.4)."""

from django.db import models


class AftermathKind(models.TextChoices):
    """Tasks that every bureau knows; others come from the rule set by their names."""

    CONDOLENCE = "condolence", "吊唁慰问"
    NOTICE = "notice", "向家属送后事办理一次告知单"
    OBITUARY = "obituary", "起草讣告"
    BIOGRAPHY = "biography", "起草生平"
    SURVIVOR = "survivor", "遗属建档"
    OTHER = "other", "其他"


class TaskEnd(models.TextChoices):
    DONE = "done", "办好了"
    NOT_NEEDED = "not_needed", "家属不需要"


class HandedBy(models.TextChoices):
    HAND = "hand", "当面交给"
    POST = "post", "寄给"
    PHONE = "phone", "电话里讲明"
