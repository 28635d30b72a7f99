"""`/courses/works/`: what students made and let everybody see."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.common import attachments
from apps.university.models import ClassGroup, StudentWork

PER_PAGE = 12


@login_not_required
@require_safe
def gallery(request):
    """All that is shown now, the newest first; of one class with `class`."""
    rows = StudentWork.objects.shown().select_related("class_group__course", "class_group__school", "student__person")
    group, key = None, request.GET.get("class", "")
    if key:
        group = _class(key)
        rows = rows.filter(class_group=group)
    page = Paginator(rows.order_by("-consent_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "group": group, "query": f"class={key}" if group else ""}
    return render(request, "university/works.html", context)


def _class(key: str) -> ClassGroup:
    try:
        found = ClassGroup.objects.current().select_related("course").filter(public_id=uuid.UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def photo(request, key):
    """The picture of a work that is shown now; not kept by browsers, so that withdrawn it is gone."""
    work = StudentWork.objects.shown().filter(public_id=key).select_related("photo").first()
    if work is None or work.photo is None or work.photo.purged_at:
        raise Http404
    return HttpResponse(attachments.read(work.photo), content_type="image/jpeg", headers={"Cache-Control": "no-store"})
