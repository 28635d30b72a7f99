"""Teams and what their people are in them (domain 2.5)."""

from django.db import models


class TeamKind(models.TextChoices):
    ELDERS = "red", "红耆志愿服务队"
    SILVER = "silver", "银龄志愿服务队"
    FIVE = "five", "五老志愿服务队"
    EXPERTS = "experts", "专家服务团"
    LEGAL = "legal", "法律援助队"
    GUIDES = "guides", "文明引导、讲解队"
    STATION = "station", "爱心驿站"
    TALKS = "talks", "宣讲团"
    OTHER = "other", "其他"


class TeamRole(models.TextChoices):
    LEADER = "leader", "队长"
    DEPUTY = "deputy", "副队长"
    MEMBER = "member", "队员"


# Who signs for a team: keeps its shifts, confirms its hours.
LEADING = (TeamRole.LEADER, TeamRole.DEPUTY)
