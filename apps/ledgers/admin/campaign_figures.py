"""What campaigns came to in a year: by the campaign they were for, and by the days on which visits happened (T10)."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone

from apps.ledgers.models import Contact
from apps.ledgers.queries.campaigns import (
    NOTHING,
    Totals,
    figures_between,
    figures_of_names,
    left_over,
    totals_of,
)

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST = 100


class CampaignFigures:
    """Mixed into CampaignAdmin."""

    def get_urls(self):
        return [
            path("figures/", self.staff_view(self.figures_view), name="ledgers_campaign_figures"),
            *super().get_urls(),
        ]

    def figures_view(self, request):
        if not request.user.has_perm(self.right("view")):
            raise PermissionDenied
        year = asked_year(request.GET.get("year", ""), timezone.localdate().year)
        rows = self.get_queryset(request).filter(voided_at__isnull=True, last_day__year=year).select_related("unit")
        campaigns = list(rows.order_by("starts_on", "pk")[:MOST])
        sums = totals_of([one.pk for one in campaigns])
        contacts = Contact.objects.visible_to(request.user)
        names = figures_of_names({one.name for one in campaigns}, contacts)
        context = {
            "title": f"{year}年慰问情况", "year": year,
            "lines": [
                {"campaign": one, "totals": sums.get(one.pk, Totals()), "named": names.get(one.name, NOTHING),
                 "left": left_over(one, sums.get(one.pk, Totals()))}
                for one in campaigns
            ],
            "by_date": figures_between(dt.date(year, 1, 1), dt.date(year + 1, 1, 1), contacts),
            "previous": f"{reverse('admin:ledgers_campaign_figures')}?year={year - 1}" if year > FIRST_YEAR else "",
            "next": f"{reverse('admin:ledgers_campaign_figures')}?year={year + 1}" if year < LAST_YEAR else "",
            "list_url": reverse("admin:ledgers_campaign_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/campaign_figures.html", context)


def asked_year(text: str, this_year: int) -> int:
    if not text:
        return this_year
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:6]) <= LAST_YEAR):
        raise Http404
    return int(text)
