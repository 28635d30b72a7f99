"""How far a certificate of service is: 申请 → 受理 → 开具 → 公示 (民政部令第67号)."""

from django.db import models


class CertificateState(models.TextChoices):
    APPLIED = "applied", "已申请，待受理"
    ACCEPTED = "accepted", "已受理，待开具"
    ISSUED = "issued", "已开具"
    PUBLISHED = "public", "已开具、已公示"
    REFUSED = "refused", "不予开具"


UNDER_WAY = (CertificateState.APPLIED, CertificateState.ACCEPTED)
GIVEN = (CertificateState.ISSUED, CertificateState.PUBLISHED)
