"""Where the script of a long form sends what was typed so far."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from apps.branches import drafts
from apps.branches.desk import at_desk

FORMS = frozenset({"meeting", "evaluation", "visit"})
LONGEST_SUBJECT = 80


@require_POST
@at_desk
def draft(request, desk, form):
    """204 kept, 413 too much."""
    if form not in FORMS:
        return HttpResponse(status=404)
    subject = request.GET.get("subject", "")[:LONGEST_SUBJECT]
    if not drafts.merge(desk, form, drafts.fields_of(request.POST), subject):
        return JsonResponse({"sentence": "写得太长，存不下了。"}, status=413)
    return HttpResponse(status=204)
