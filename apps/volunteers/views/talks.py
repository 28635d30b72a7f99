"""`/volunteers/talks/`: what may be talked about, how far the campaigns are, and the form by which a school books."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.limits import slow_down
from apps.common.errors import BusinessError
from apps.common.form_keys import key_of, keyed_address
from apps.organisation.models import Unit
from apps.volunteers.choices.talks import TalkAudience
from apps.volunteers.forms.talks import BookingForm
from apps.volunteers.models import TalkBooking
from apps.volunteers.queries.talks import divisions_for, open_topics, public_campaigns
from apps.volunteers.rules.times import day_words
from apps.volunteers.services.talk_bookings import book

PER_PAGE = 20
LIMIT = "talk_booking"


@login_not_required
@require_safe
def talks(request):
    """Topics by audience, and numbers of campaigns: no name of anybody."""
    chosen = request.GET.get("audience", "")
    rows = open_topics()
    if chosen in TalkAudience.values:
        rows = rows.filter(audience__in=(chosen, TalkAudience.ANYBODY))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "campaigns": public_campaigns(timezone.localdate()), "chosen": chosen,
        "audiences": [pair for pair in TalkAudience.choices if pair[0] != TalkAudience.ANYBODY],
        "query": f"audience={chosen}" if chosen in TalkAudience.values else "",
    }  # fmt: skip
    return render(request, "volunteers/talks/topics.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def talk_book(request):
    """One page; its key stands in the address, so that a form sent twice is one booking. Slowed down by address."""
    if keyed := keyed_address(request):
        return keyed
    root = Unit.get_root_nodes().select_related("division").order_by("path")[0]
    form = BookingForm(
        request.POST if request.method == "POST" else None, topics=open_topics(), divisions=divisions_for(root),
        initial={"topic": request.GET.get("topic") if request.GET.get("topic", "").isdecimal() else None},
    )  # fmt: skip
    if request.method == "POST":
        try:
            slow_down(request, LIMIT)
            if form.is_valid():
                return booked(request, form)
        except BusinessError as refusal:
            form.full_clean()
            form.refuse(refusal)
    return render(request, "volunteers/talks/book.html", {"form": form}, status=422 if form.errors else 200)


def booked(request, form: BookingForm):
    key = key_of(request)
    staff = request.user if request.user.is_authenticated and request.user.is_staff else None
    row = book(form.facts(), form_key=key, actor=staff, now=timezone.now())
    return HttpResponseRedirect(reverse("volunteers:talk_booked", args=[row.public_id]))


@login_not_required
@never_cache
@require_safe
def talk_booked(request, key):
    """The number and the telephone. Who was named as contact, and his number, are not shown again."""
    row = TalkBooking.objects.current().filter(public_id=key).select_related("unit", "topic").first()
    if row is None:
        raise Http404
    talk = getattr(row, "talk", None)
    facts = [
        ("预约编号", row.number), ("单位", row.host), ("想听什么", row.topic or "请我们推荐"), ("地点", row.place),
        ("大约多少人", f"{row.expected:,}"), ("方便的日子", "、".join(day_words(day) for day in row.days)),
    ]  # fmt: skip
    return render(request, "volunteers/talks/booked.html", {"booking": row, "facts": facts, "talk": talk})
