"""Public pages of certificates of service: whether one is valid, and those that are published (公示)."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.limits import slow_down
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.volunteers.forms.certificates import CheckForm
from apps.volunteers.models import ServiceCertificate
from apps.volunteers.queries.certificates import find
from apps.volunteers.rules.certificates import DAY, CertificateRules, initials
from apps.volunteers.rules.times import length_words

CHECK = "service_certificate_check"
ON_A_PAGE = 50
CELLS = 30


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """Number and checking code → valid, revoked, or unknown; a wrong code and an unknown number are the same answer.
    Shows initials and hours, nothing else about him. The code on paper fills the form, the button asks. Slowed down by
    address. See rule book 10.71."""
    typed = {name: request.GET.get(name, "")[:CELLS] for name in ("number", "code")}
    form = CheckForm(request.POST if request.method == "POST" else None, initial=typed)
    context: dict = {"form": form, "filled": any(typed.values()) and request.method != "POST"}
    if request.method == "POST" and form.is_valid():
        try:
            slow_down(request, CHECK)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            found = find(form.cleaned_data["number"], form.cleaned_data["code"])
            context |= {"searched": True, "found": found}
            if found is not None:
                context |= {
                    "name": initials(found.name), "hours": length_words(found.minutes), "last": found.ends_on - DAY
                }  # fmt: skip
    return render(request, "volunteers/check.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def published(request):
    """Those published in the last days, by initials, without hours: nobody is compared. See rule book 10.71."""
    today = timezone.localdate()
    days = rule_values(CertificateRules.rule_key, on=today).publish_days
    rows = ServiceCertificate.objects.valid().filter(published_on__gt=today - days * DAY, published_on__lte=today)
    rows = rows.select_related("unit").order_by("-published_on", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [(row.code, initials(row.name), str(row.unit), f"{row.issued_on:%Y-%m-%d}") for row in page.object_list]
    return render(request, "volunteers/published.html", {"page": page, "rows": lines, "days": days})
