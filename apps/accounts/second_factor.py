"""Which second factors this installation accepts, and whether a request has passed one.

`SECOND_FACTOR` is `optional` (the demo), `required` (TOTP alone) or a list of `totp`, `certificate`, `sheet`,
`network`. A code is given once a session; a certificate and the network must hold at each request.
"""

from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from django.conf import settings

from apps.common.client_address import client_address, is_trusted_peer, is_within

TOTP, CERTIFICATE, SHEET, NETWORK = "totp", "certificate", "sheet", "network"
# The record of a code, kept by allauth in the session, says by what it was passed.
RECORDED = {TOTP: {"totp", "recovery_codes"}, SHEET: {SHEET}, CERTIFICATE: {CERTIFICATE}}
CERTIFICATE_IN_SESSION = "certificate"


def accepted() -> tuple[str, ...]:
    """Factors accepted here; none when staff may do without."""
    setting = settings.SECOND_FACTOR
    if setting == "optional":
        return ()
    return (TOTP,) if setting == "required" else tuple(part.strip() for part in setting.split(","))


@dataclass(frozen=True)
class Presented:
    """A certificate as the proxy verified it."""

    serial: str
    subject: str

    @property
    def fingerprint(self) -> str:
        return f"{self.serial}|{self.subject}"


def presented_certificate(request) -> Presented | None:
    """The certificate of this request, believed only from the machine in `TRUSTED_PROXIES` that hands it on, and only
    when that machine says it has verified it."""
    if not is_trusted_peer(request):
        return None
    headers = settings.CERTIFICATE_HEADERS
    if request.headers.get(headers["verify"], "") != "SUCCESS":
        return None
    serial, subject = request.headers.get(headers["serial"], ""), request.headers.get(headers["subject"], "")
    return Presented(tidy_serial(serial), tidy_subject(subject)) if serial and subject else None


def tidy_serial(serial: str) -> str:
    """Hex digits alone, capital, without leading zeros: as different programs print the same number."""
    return "".join(letter for letter in serial.upper() if letter.isalnum()).lstrip("0")


def tidy_subject(subject: str) -> str:
    return " ".join(subject.split())


def has_passed(request) -> bool:
    """Whether one of the accepted factors holds for this request. Without queries."""
    factors = accepted()
    if NETWORK in factors and is_within(client_address(request), settings.SECOND_FACTOR_NETWORKS):
        return True
    records = get_authentication_records(request, request.user)
    types = {record.get("type") for record in records if record.get("method") == "mfa"}
    if any(types & RECORDED[factor] for factor in factors if factor in (TOTP, SHEET)):
        return True
    if CERTIFICATE in factors and types & RECORDED[CERTIFICATE]:
        shown = presented_certificate(request)
        return shown is not None and shown.fingerprint == request.session.get(CERTIFICATE_IN_SESSION)
    return False
