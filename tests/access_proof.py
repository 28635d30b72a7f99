"""Certificates of service and the figures of volunteering in the world of the access matrix: one certificate a side,
and what each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt

from django.utils import timezone

from apps.volunteers.models import ServiceCertificate, Volunteer

DAY = dt.date(2026, 3, 1)
NOBODY, PUBLIC = "nobody", "public"
VIEW, CHANGE, MODEL = (
    "volunteers.view_servicecertificate", "volunteers.change_servicecertificate", "volunteers.servicecertificate",
)  # fmt: skip


def _certificate(side) -> ServiceCertificate:
    volunteer, _ = Volunteer.objects.get_or_create(
        person=side.cadre.person, defaults={"unit": side.unit, "joined_on": DAY}
    )
    return ServiceCertificate.objects.create(
        volunteer=volunteer, unit=side.unit, starts_on=DAY, ends_on=DAY + dt.timedelta(days=30), state="issued",
        applied_at=timezone.now(), year=2026, number=side.unit.pk, code=f"ZM2026-{side.unit.pk:04d}-0001",
        check_code="A2B3C4", name=side.cadre.person.name, minutes=120, count=1, issued_on=timezone.localdate(),
    )  # fmt: skip


PROOF_OBJECTS = {MODEL: _certificate}
PROOF_PAGES = {
    "volunteers:check": (PUBLIC,),
    "volunteers:published": (PUBLIC,),
    "admin:volunteers_servicecertificate_reports": ("volunteers.view_servicerecord",),
    **{f"admin:volunteers_servicecertificate_{act}": (CHANGE,) for act in ("new", "team", "print_new")},
    **{
        f"admin:volunteers_servicecertificate_{act}": (CHANGE, MODEL)
        for act in ("accept", "issue", "refuse", "publish", "revoke", "print")
    },
    # Nobody of the world acts for a volunteer: held in tests/volunteers/test_certificates.py.
    "portal:me_certificates": (NOBODY,),
    "portal:me_letters": (NOBODY,),
    # Its address needs a year, which no model has: held in tests/volunteers/test_letters.py.
    "portal:me_letter": (NOBODY,),
    "portal:me_certificate_sheet": (NOBODY, MODEL),
}
PROOF_EXCEPTIONS = {
    # Written by acts alone.
    "admin:volunteers_servicecertificate_add": (NOBODY,),
    "admin:volunteers_servicecertificate_change": (VIEW, MODEL, NOBODY),
}
