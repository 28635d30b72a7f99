"""送学 and study beside the meetings: what is open, what was done, recording and taking back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches import services
from apps.branches.desk import at_desk, show
from apps.branches.forms import DeliverForm, StudyRecordForm
from apps.branches.models import HomeDelivery, StudyRecord
from apps.branches.queries.coverage import open_promises
from apps.common.errors import BusinessError

from .paging import other_parameters, page_of
from .people import at_hand_for_desk, members_of_desk


@require_safe
@at_desk
def delivery_list(request, desk):
    """What is promised comes first, the earliest due on top; then what was brought."""
    done = (
        HomeDelivery.objects.filter(organisation=desk.organisation, delivered_on__isnull=False, voided_at__isnull=True)
        .select_related("person", "meeting", "deliverer")
        .order_by("-delivered_on", "-pk")
    )
    promises = list(open_promises(desk.organisation)) if not request.GET.get("page") else []
    context = {"promises": promises, "page": page_of(request, done), "query": other_parameters(request)}
    return show(request, desk, "desk/life/deliveries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def delivery_record(request, desk, delivery=None):
    """One 送学: of an open promise, or beside the meetings for whoever is picked."""
    found = own_delivery(desk, delivery) if delivery else None
    form = DeliverForm(
        request.POST or None, asks_whom=found is None, at_hand=at_hand_for_desk(desk),
        members=members_of_desk(desk) if found is None else [], initial=_initial(desk, found),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            row = services.deliver(desk, services.DeliveryFacts(**form.cleaned_data), delivery=found)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已记下：给{row.person.name}同志送学。")
            return redirect("branches:deliveries", desk.organisation.public_id)
    whose = f"给{found.person.name}同志送学" if found else "记一次送学上门"
    lead = f"补 {found.meeting.held_on:%-m月%-d日} 的{found.meeting.get_kind_display()}：{found.meeting.topic}" if (
        found and found.meeting
    ) else ""  # fmt: skip
    context = {"form": form, "title": whose, "lead": lead, "undo": found if found and found.delivered_on else None}
    return show(request, desk, "desk/life/delivery.html", context, status=422 if form.errors else 200)


def _initial(desk, found: HomeDelivery | None) -> dict:
    if found and found.delivered_on:
        names = ("delivered_on", "form", "content", "wishes")
        return {name: getattr(found, name) for name in names} | {"deliverer": found.deliverer_id}
    return {"delivered_on": desk.today, "form": "visit"}


def own_delivery(desk, delivery) -> HomeDelivery:
    rows = HomeDelivery.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    return get_object_or_404(rows.select_related("person", "meeting"), public_id=delivery)


@require_POST
@at_desk
def delivery_back(request, desk, delivery):
    row = services.take_back_delivery(desk, own_delivery(desk, delivery))
    messages.success(request, "已撤回。" + ("这次送学又列在“还没送的”里。" if row.meeting_id else ""))
    return redirect("branches:deliveries", desk.organisation.public_id)


@require_safe
@at_desk
def study_list(request, desk):
    rows = (
        StudyRecord.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
        .select_related("person")
        .order_by("-studied_on", "-pk")
    )
    term = request.GET.get("q", "").strip()[:60]
    if term:
        rows = rows.filter(theme__icontains=term) | rows.filter(person__name__icontains=term)
    context = {"page": page_of(request, rows), "query": other_parameters(request), "term": term}
    return show(request, desk, "desk/life/studies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def study_record(request, desk):
    form = StudyRecordForm(
        request.POST or None, members=members_of_desk(desk), initial={"studied_on": desk.today, "form": "alone"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            rows = services.record_study(desk, services.StudyFacts(**form.cleaned_data))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已记下 {len(rows)} 人的学习。")
            return redirect("branches:studies", desk.organisation.public_id)
    context = {"form": form, "title": "记学习", "lead": "一次可以记几个人学的同一个内容。"}
    return show(request, desk, "desk/life/form.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def study_back(request, desk, study):
    row = get_object_or_404(StudyRecord, public_id=study, organisation=desk.organisation)
    services.take_back_study(desk, row)
    messages.success(request, "已撤回这条学习记录。")
    return redirect("branches:studies", desk.organisation.public_id)
