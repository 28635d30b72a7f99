"""住院, 体检, 用药, 遗属."""

from django.db import models


class StayResult(models.TextChoices):
    """How a stay in hospital ended."""

    CURED = "cured", "治愈"
    BETTER = "better", "好转"
    SAME = "same", "未愈"
    MOVED = "moved", "转到别的医院"
    DIED = "died", "离世"
    OTHER = "other", "其他"


class CheckUpState(models.TextChoices):
    DONE = "done", "已体检"
    REFUSED = "refused", "本人不参加"
    UNFIT = "unfit", "身体原因去不了"


class Insured(models.TextChoices):
    INSIDE = "inside", "医保内"
    OUTSIDE = "outside", "医保外自费"
    UNKNOWN = "", "不清楚"


class FamilyEnd(models.TextChoices):
    """Why the family of a deceased comrade is no longer on the register."""

    DIED = "died", "遗属离世"
    DECLINED = "declined", "本人不愿再联系"
    MOVED = "moved", "迁往外地，由当地联系"
    LIVING = "living", "登记有误，老同志在世"
    OTHER = "other", "其他"
