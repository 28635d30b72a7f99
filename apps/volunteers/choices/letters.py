from django.db import models


class LetterKind(models.TextChoices):
    """What a letter of thanks is written for."""

    YEAR = "year", "年终感谢信"
    ANNIVERSARY = "joined", "周年感谢信"
