"""What must not be held here, and a colleague with a UKey: so that the lists of the security administrator show."""

from apps.accounts import certificates
from apps.accounts.models import User
from apps.organisation.models import BarredEntry

DOCUMENT = "云保委〔2026〕2号"
BARRED = (("unit", "云江市某特殊单位"), ("unit", "云江市某专用仓库"), ("rank", "某特殊岗位"))


def write_doors(staff: dict[str, User]) -> None:
    for kind, name in BARRED:
        BarredEntry.objects.create(kind=kind, name=name, document_no=DOCUMENT, reason="按保密规定另行管理")
    certificates.bind(
        staff["juzhang"], "4A3F09", "CN=juzhang,O=中共云江市委老干部局", actor=staff["anquan"], reason="UKey领用1号"
    )
