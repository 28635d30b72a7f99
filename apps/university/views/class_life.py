"""Public pages of a class in its life: its timetable, its calendar feed, and whether a certificate is valid."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.limits import slow_down
from apps.common.errors import BusinessError
from apps.common.icalendar import Event, calendar_text
from apps.university.choices.schools import SessionState
from apps.university.forms.life import CertificateCheckForm
from apps.university.models import Certificate, ClassGroup
from apps.university.queries.lessons import SHOWN, lessons
from apps.university.rules.lessons import day_words, span_words
from apps.university.rules.life import masked_name, surname_fits

BACK = dt.timedelta(days=7)  # lessons of the last week stay on the page
CHECK = "certificate_check"


def shown_class(key) -> ClassGroup:
    """A class that the public may see; else 404."""
    rows = ClassGroup.objects.current().select_related("course", "school", "term")
    group = rows.filter(public_id=key, state__in=SHOWN).first()
    if group is None:
        raise Http404
    return group


@login_not_required
@require_safe
def timetable(request, key):
    """Lessons of a class, the next first; what was called off or moved says so. Names nobody but the teachers."""
    group = shown_class(key)
    since = timezone.now() - BACK
    rows = [
        {
            "day": day_words(one.starts_at), "time": span_words(one.starts_at, one.ends_at), "session": one,
            "place": f"{one.room.campus} {one.room}" if one.room_id else "",
            "is_off": one.state == SessionState.CANCELLED, "is_moved": one.state == SessionState.MOVED,
        }
        for one in lessons().filter(class_group=group, starts_at__gte=since)
    ]  # fmt: skip
    return render(request, "university/timetable.html", {"group": group, "school": group.school, "rows": rows})


@login_not_required
@require_safe
def feed(request, key):
    """The whole term as an iCalendar file, for a telephone that asks again by itself."""
    group = shown_class(key)
    events = [
        Event(
            key=f"lesson:{one.public_id}", title=str(group), starts_at=one.starts_at, ends_at=one.ends_at,
            place=f"{one.room.campus} {one.room}" if one.room_id else group.school.address,
            note=one.reason, sequence=one.version - 1, cancelled=one.state == SessionState.CANCELLED,
        )
        for one in lessons().filter(class_group=group)
    ]  # fmt: skip
    text = calendar_text(events, stamp=timezone.now(), name=f"{group.school}{group}")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="class.ics"'
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request):
    """Number and surname → whether it is valid. Both must fit; a wrong one and none are the same answer. Slowed down by
    address. See rule book 9.55."""
    form = CertificateCheckForm(request.POST if request.method == "POST" else None)
    context: dict = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            slow_down(request, CHECK)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            found = find(form.cleaned_data["code"], form.cleaned_data["surname"])
            context |= {"searched": True, "found": found, "name": masked_name(found.name) if found else ""}
    return render(request, "university/certificates.html", context, status=422 if form.errors else 200)


def find(code: str, surname: str) -> Certificate | None:
    code = "".join(code.split()).replace("－", "-").replace("—", "-")
    rows = Certificate.objects.current().select_related("school")
    found = rows.filter(code=code).first()
    return found if found is not None and surname_fits(found.name, surname) else None
