"""A certificate of service as it is printed: its words, and the code that leads to the check page."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from apps.common.code_lists import names_of

from .models import ServiceCertificate
from .qr import qr_image
from .rules.certificates import DAY
from .rules.times import length_words


@dataclass(frozen=True)
class Sheet:
    row: ServiceCertificate
    address: str
    qr: str

    @property
    def last(self):
        return self.row.ends_on - DAY

    @property
    def hours(self) -> str:
        return length_words(self.row.minutes)

    @property
    def services(self) -> str:
        names = names_of("volunteer_service")
        return "、".join(names.get(code, code) for code in self.row.services)


def sheets_of(rows: Iterable[ServiceCertificate], request) -> list[Sheet]:
    """With the address that strangers open: that of the internet side, where there is one."""
    base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    address = f"{base}{reverse('volunteers:check')}"
    return [
        Sheet(row, address, qr_image(f"{address}?{urlencode({'number': row.code, 'code': row.check_code})}"))
        for row in rows
    ]
