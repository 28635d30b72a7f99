from django.db import models


class Kind(models.TextChoices):
    """Domain 2.2.1"""

    FORMAL = "formal", "正式"
    AWAY = "away", "异地"
    FLOATING = "floating", "流动党员支部"
    TEMPORARY = "temporary", "临时"
    FUNCTIONAL = "functional", "功能型"


class Level(models.TextChoices):
    WORK_COMMITTEE = "work_committee", "党工委"
    COMMITTEE = "committee", "党委"
    GENERAL = "general", "党总支"
    BRANCH = "branch", "党支部"
    GROUP = "group", "党小组"


class Link(models.TextChoices):
    FORMAL = "formal", "正式组织关系"
    FUNCTIONAL = "functional", "功能型"
    TEMPORARY = "temporary", "临时"
    FLOATING = "floating", "流动"


class PostKind(models.TextChoices):
    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    MEMBER = "member", "委员"
