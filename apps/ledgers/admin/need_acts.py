"""One-form acts on needs and measures: the form, the service, and back to the person's plan."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError


def plan_url(cadre_id: int, year: int | None = None, anchor: str = "") -> str:
    """The page of a person's plan; `anchor`: the need to show."""
    url = reverse("admin:ledgers_serviceplan_person", args=[cadre_id])
    url = f"{url}?year={year}" if year and year != timezone.localdate().year else url
    return f"{url}#{anchor}" if anchor else url


class FormActs:
    """Mixed into the admins of needs and measures."""

    def back_of(self, row) -> str:
        """Where an act on `row` leads back to."""
        raise NotImplementedError

    def act_page(
        self, request, row, title: str, form, apply, *, lead: str, button: str, status: int = 200, onward=None
    ):
        """Show the form; sent and right, `apply(form)` does it and gives the words to say, or None where the form was
        given errors of its own. `onward()`: the page that comes next; empty: back."""
        if request.method == "POST" and form.is_valid():
            try:
                words = apply(form)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, words)
                return HttpResponseRedirect((onward and onward()) or self.back_of(row))
        context = {
            "title": title,
            "original": row,
            "form": form,
            "media": form.media,
            "lead": lead,
            "back": self.back_of(row),
            "buttons": [("save", button)],
            "list_url": reverse("admin:ledgers_serviceplan_changelist"),
            "list_words": "一人一策",
        }
        return self.page(request, self.act_template, context, status=422 if form.errors else status)

    act_template = "admin/registry/act.html"
