"""What a student or his family signs on paper (domain 3.10, 4.3 no. 11)."""

from django.db import models


class StatementKind(models.TextChoices):
    FORM = "form", "学员登记表"
    SAFETY = "safety", "安全责任书"
    HEALTH = "health", "健康声明"
    FAMILY = "family", "家属同意书"
    COMPANION = "comp", "陪同承诺书"


class SignerRelation(models.TextChoices):
    """Who signed. The first five are 直系亲属 or the spouse."""

    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    GRANDCHILD = "grand", "孙子女、外孙子女"
    PARENT = "parent", "父母"
    OTHER = "other", "其他亲属"


NEAREST = (SignerRelation.SPOUSE, SignerRelation.CHILD, SignerRelation.GRANDCHILD, SignerRelation.PARENT)
