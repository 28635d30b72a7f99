"""A month of the branches below, for whoever is over them."""

import datetime

from django.views.decorators.http import require_safe

from apps.branches.choices import Level
from apps.branches.desk import at_desk, show
from apps.branches.models import Organisation
from apps.branches.queries.coverage import months_of

from .paging import other_parameters, page_of

PER_SCREEN = 50


@require_safe
@at_desk
def below(request, desk):
    """What the organisations below held this month or the one before, in the order of the tree, for whoever is over
    them."""
    back = request.GET.get("month") == "before"
    day = desk.today.replace(day=1) - datetime.timedelta(days=1) if back else desk.today
    rows = Organisation.objects.filter(
        path__startswith=desk.organisation.path, level=Level.BRANCH, dissolved_on__isnull=True, voided_at__isnull=True
    ).order_by("path")
    page = page_of(request, rows, per_page=PER_SCREEN)
    lines = months_of(page.object_list, day.replace(day=1), on=day)
    context = {"page": page, "query": other_parameters(request), "lines": lines, "month": day, "back": back}
    return show(request, desk, "desk/life/below.html", context)
