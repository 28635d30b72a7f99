"""督导检查 at the desk: what was found here, until when, and the branch's answer."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import Desk
from apps.branches.desk import at_desk, show
from apps.branches.forms.organisations import AnswerForm
from apps.branches.models import Inspection, InspectionFinding
from apps.branches.services.inspections import answer_finding
from apps.common.errors import BusinessError

MOST = 20


@require_safe
@at_desk
def inspections(request, desk: Desk):
    """Open findings on top, then the inspections, the latest first."""
    rows = list(
        Inspection.objects.filter(organisation=desk.organisation, voided_at__isnull=True).prefetch_related("findings")[
            :MOST
        ]
    )
    found = [
        finding for row in rows for finding in row.findings.all() if not finding.is_closed and not finding.voided_at
    ]
    context = {"inspections": rows, "open": sorted(found, key=lambda finding: (finding.due_on, finding.pk))}
    return show(request, desk, "desk/organisation/inspections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def answer(request, desk: Desk, finding):
    """One finding: what is asked, and the form of the answer."""
    row = (
        InspectionFinding.objects.filter(
            public_id=finding, inspection__organisation=desk.organisation, voided_at__isnull=True,
            inspection__voided_at__isnull=True,
        ).select_related("inspection").first()
    )  # fmt: skip
    if row is None:
        raise Http404
    initial = {"answer": row.answer, "on": row.answered_on or desk.today}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            answer_finding(row, **form.cleaned_data, actor=desk.user, by_staff=desk.by_staff)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已报告，等上级复查。")
            return HttpResponseRedirect(reverse("branches:inspections", args=[desk.organisation.public_id]))
    context = {"finding": row, "form": form}
    return show(request, desk, "desk/organisation/answer.html", context, status=422 if form.errors else 200)
