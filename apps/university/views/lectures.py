"""`/courses/lectures/`: 公益大讲堂, and a seat in at most three screens: the lecture, for whom, done."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.errors import BusinessError
from apps.common.form_keys import key_of, keyed_address
from apps.people.acting import Acting, actings_of
from apps.people.choices import ProxyScope
from apps.signups.choices import SignUpSource
from apps.signups.services.seats import sign_up, undo, withdraw
from apps.university.models import Lecture
from apps.university.queries import lectures as shown

PER_PAGE = 12


def people_of(request) -> list[Acting]:
    """Whom the reader may enrol: himself first, then those whose family he is."""
    found = actings_of(request.user, timezone.localdate()) if request.user.is_authenticated else []
    return [acting for acting in found if acting.may(ProxyScope.ENROL)]


def lecture_or_404(key: uuid.UUID) -> Lecture:
    rows = shown.coming(timezone.now())
    found = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def lectures(request):
    now = timezone.now()
    page = Paginator(shown.coming(now), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "notices": [shown.notice_of(row, now) for row in page.object_list]}
    return render(request, "university/air/lectures.html", context)


@login_not_required
@never_cache
@require_safe
def lecture(request, key):
    row, now = lecture_or_404(key), timezone.now()
    notice = shown.notice_of(row, now)
    people = people_of(request)
    notice.own = shown.own_of(row, people, now) if people else []
    context = {"notice": notice, "lecture": row, "school": row.series.school, "people": people,
               "left": len(people) > len(notice.own)}  # fmt: skip
    return render(request, "university/air/lecture.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lecture_join(request, key):
    """For whom, and the one button. The key stands in the address: sent twice it is one seat."""
    row = lecture_or_404(key)
    people = people_of(request)
    if not people:
        context = {"lecture": row, "school": row.series.school}
        return render(request, "university/air/lecture_nobody.html", context, status=403)
    if keyed := keyed_address(request):
        return keyed
    now = timezone.now()
    sentence = ""
    if request.method == "POST":
        try:
            return joined(request, row, people, now)
        except BusinessError as refusal:
            sentence = refusal.sentence
    context = {
        "notice": shown.notice_of(row, now), "lecture": row, "school": row.series.school, "people": people,
        "sentence": sentence, "chosen": request.POST.get("who", people[0].key),
    }  # fmt: skip
    return render(request, "university/air/lecture_join.html", context, status=422 if sentence else 200)


def joined(request, row: Lecture, people: list[Acting], now):
    acting = next((one for one in people if one.key == request.POST.get("who", "")), None)
    if acting is None and len(people) == 1:
        acting = people[0]
    if acting is None:
        raise BusinessError("请选替谁报名。", code="who", field="who")
    source = SignUpSource.PROXY if acting.is_proxy else SignUpSource.WEB
    sign_up(
        row.offering, acting.person, source=source, actor=request.user, now=now, form_key=key_of(request),
        grant=acting.grant,
    )  # fmt: skip
    return HttpResponseRedirect(f"{reverse('university:lecture', args=[row.public_id])}#own")


@never_cache
@require_POST
def lecture_leave(request, key):
    """Taken back within ten minutes as if it had not been, given up later. Strangers get what is missing: 404."""
    row, now = lecture_or_404(key), timezone.now()
    own = shown.own_of(row, people_of(request), now)
    found = next((one for one in own if str(one.sign_up.public_id) == request.POST.get("sign_up", "")), None)
    if found is None:
        raise Http404
    if found.may_undo:
        undo(found.sign_up, actor=request.user, now=now)
    else:
        withdraw(found.sign_up, reason="本人退出", actor=request.user, now=now)
    return HttpResponseRedirect(f"{reverse('university:lecture', args=[row.public_id])}#own")
