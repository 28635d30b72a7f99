"""What is noted about teachers (domain 2.4)."""

from django.db import models


class AssessmentKind(models.TextChoices):
    TRIAL = "trial", "试讲"
    TERM = "term", "学期考核"
    VISIT = "visit", "听课"
    OTHER = "other", "其他"


class AssessmentResult(models.TextChoices):
    EXCELLENT = "best", "优秀"
    PASSED = "pass", "合格"
    FAILED = "fail", "不合格"


class TeacherPaperKind(models.TextChoices):
    CV = "cv", "简历"
    CERTIFICATE = "cert", "资格证书"
    CONTRACT = "hire", "聘书、协议"
    OTHER = "other", "其他"
