from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone

from apps.registry.access import VIEW

from .queries import headcount


def headcount_page(request):
    """人数一览: totals only, no names; printable."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    counts = headcount(request.user, on=timezone.localdate())
    context = {
        **admin.site.each_context(request),
        "title": "人数一览",
        "counts": counts,
        "figures": [
            {"label": "离退休干部", "value": counts.total, "note": "在世、在册"},
            {"label": "离休", "value": counts.veterans},
            {"label": "退休", "value": counts.retired},
            {"label": "党员", "value": counts.members},
            {"label": "独居", "value": counts.alone},
        ],
        "age_columns": ["年龄", {"label": "人数", "is_number": True}],
        "age_rows": [*counts.ages, ("出生日期不详", counts.unknown_age)],
        "unit_columns": ["单位", *({"label": one, "is_number": True} for one in ("人数", "离休", "党员"))],
        "unit_rows": counts.units,
    }
    return render(request, "admin/reports/headcount.html", context)
