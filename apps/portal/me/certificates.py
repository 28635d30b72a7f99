"""我的服务证明 at `/me/`: one button asks for it; what was issued is there to be printed. By the volunteer himself."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.volunteers.certificate_sheets import sheets_of
from apps.volunteers.choices.certificates import CertificateState
from apps.volunteers.models import ServiceCertificate, Volunteer
from apps.volunteers.queries.certificates import certificates_of
from apps.volunteers.queries.records import served_minutes
from apps.volunteers.rules.certificates import DAY
from apps.volunteers.rules.times import length_words
from apps.volunteers.services.certificates import apply

from .standing import own_page, show

WORDS = {
    CertificateState.APPLIED: ("已经申请，等工作人员办理", "soon"),
    CertificateState.ACCEPTED: ("已经受理，正在开具", "soon"), CertificateState.ISSUED: ("已经开好", "done"),
    CertificateState.PUBLISHED: ("已经开好", "done"), CertificateState.REFUSED: ("这次没有开", "late"),
}  # fmt: skip


def _volunteer(acting) -> Volunteer:
    """404 for whoever never was one."""
    found = Volunteer.objects.current().filter(pk=acting.person.pk).first()
    if found is None:
        raise Http404
    return found


@own_page(himself=True)
def home(request, acting):
    volunteer = _volunteer(acting)
    if request.method == "POST":
        try:
            apply(volunteer, actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, "申请收到了。开好以后告诉您，可以来拿，也可以自己打印。")
        return redirect("portal:me_certificates")
    rows = [
        {
            "row": row, "last": row.ends_on - DAY, "hours": length_words(row.minutes), "valid": bool(row.code),
            "words": ("已经撤销", "late") if row.revoked_on else WORDS[CertificateState(row.state)],
        }
        for row in certificates_of(acting.person)
    ]  # fmt: skip
    minutes = served_minutes([volunteer.pk]).get(volunteer.pk, 0)
    context = {
        "rows": rows, "hours": length_words(minutes) if minutes else "",
        "waits": any(one["row"].state in (CertificateState.APPLIED, CertificateState.ACCEPTED) for one in rows),
    }  # fmt: skip
    return show(request, acting, "portal/me/certificates.html", context)


@own_page(himself=True)
def sheet(request, acting, key):
    """His own, valid one, on A4."""
    rows = ServiceCertificate.objects.valid().filter(volunteer=acting.person.pk, public_id=key)
    row = rows.select_related("unit", "issued_by").first()
    if row is None:
        raise Http404
    frame = frame_for(
        request, "志愿服务记录证明", landscape=True, recall=False, back_url=reverse("portal:me_certificates")
    )
    return render(
        request, "print/volunteers/certificates.html", {"frame": frame, "sheets": sheets_of([row], request)}
    )  # fmt: skip
