"""Words about pairing."""

from django.db import models


class Uncovered(models.TextChoices):
    NOBODY = "nobody", "重点对象没有责任人"
    GONE = "gone", "责任人已离岗"
    AWAY = "away", "责任人不在岗"


class CardLayout(models.TextChoices):
    EIGHT = "eight", "一张 A4 印八张，裁开发放"
    ONE = "one", "一张 A4 印一位，大字"
