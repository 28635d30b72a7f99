"""What a volunteer is asked, at `/me/`: yes, or not this time. Name, place and phone of who needs help he sees only
after his yes, and each look is on record. For himself alone, never through the family."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Phone
from apps.volunteers.choices.requests import Effort, ProposalState, RequestState
from apps.volunteers.choices.shifts import SignWay
from apps.volunteers.models import Proposal
from apps.volunteers.queries.requests import asked_of, signed_of
from apps.volunteers.rules.help import moment
from apps.volunteers.services import helping, proposals

from .help import Told
from .help_forms import CannotForm, ServedForm
from .standing import own_page, show

OPEN = (RequestState.OPEN, RequestState.AGREED)


@own_page(himself=True)
def asked(request, acting):
    rows = [(row, Told(row.request)) for row in asked_of(acting.person, timezone.now())]
    return show(request, acting, "portal/me/help_asked.html", {"rows": rows})


def own_proposal(acting, key) -> Proposal:
    """404 for what he was not asked."""
    rows = Proposal.objects.current().select_related("request__team", "request__community", "request__unit")
    row = rows.filter(public_id=key, volunteer=acting.person.pk).exclude(state=ProposalState.PROPOSED).first()
    if row is None:
        raise Http404
    return row


@own_page(himself=True)
def one(request, acting, key):
    """The question, or after his yes what he needs to go there."""
    row = own_proposal(acting, key)
    if request.method == "POST":
        return _answer(request, row)
    wanted = row.request
    context = {
        "row": row, "one": Told(wanted), "phone": wanted.team.phone if wanted.team else wanted.unit.phone,
        "efforts": [Effort(code).label for code in wanted.efforts], "is_today": wanted.on == timezone.localdate(),
        "is_open": row.state == ProposalState.ASKED and wanted.state == RequestState.OPEN,
    }  # fmt: skip
    if row.state == ProposalState.ACCEPTED and wanted.state in OPEN:
        context |= _opened(request, row)
    return show(request, acting, "portal/me/help_asked_one.html", context)


def _opened(request, row: Proposal) -> dict:
    """Who, where, by which number: on record before it is shown."""
    wanted = row.request
    audit.look(
        "help.see", actor=request.user, people=[wanted.receiver_id], request=request,
        target=f"volunteers.servicerequest:{wanted.pk}",
    )  # fmt: skip
    phone = Phone.objects.filter(person=wanted.receiver_id).order_by("position", "pk").first()
    begun = moment(wanted.on, wanted.starts) <= timezone.now()
    return {"receiver": wanted.receiver, "their_phone": phone.number if phone else "", "opened": True, "begun": begun}


def _answer(request, row: Proposal):
    yes = request.POST.get("answer") == "yes"
    try:
        said = proposals.answer(row, yes, actor=request.user, now=timezone.now(), own=True)
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("portal:me_help_asked_one", row.public_id)
    if said.state == ProposalState.WITHDRAWN:
        messages.info(request, "谢谢您！刚才已经有别的志愿者答应了，这次不用麻烦您。")
    elif yes:
        messages.success(request, "谢谢您答应帮忙！地点和电话在下面。")
        return redirect("portal:me_help_asked_one", row.public_id)
    else:
        messages.success(request, "知道了，没有关系，下次再请您。")
    return redirect("portal:me_help_asked")


@own_page(himself=True)
def cannot(request, acting, key):
    """He said yes and cannot come."""
    row = own_proposal(acting, key)
    if row.state != ProposalState.ACCEPTED or row.request.state not in OPEN:
        return redirect("portal:me_help_asked_one", key)
    form = CannotForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            proposals.take_back(row, form.cleaned_data["note"], actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已退出，我们去请别的志愿者。")
            return redirect("portal:me_help_asked")
    context = {"row": row, "one": Told(row.request), "form": form, "title": "临时去不了？"}
    return show(request, acting, "portal/me/help_asked_act.html", context, 422 if form.errors else 200)


@own_page(himself=True)
def served(request, acting, key):
    """When he came and went."""
    row = own_proposal(acting, key)
    wanted = row.request
    if row.state != ProposalState.ACCEPTED or wanted.state not in OPEN:
        return redirect("portal:me_help_asked_one", key)
    times = {"starts": wanted.starts, "ends": wanted.ends} | signed_of(row)
    form = ServedForm(request.POST if request.method == "POST" else None, initial=times)
    if form.is_bound and form.is_valid():
        try:
            helping.done(row, actor=request.user, now=timezone.now(), way=SignWay.PHONE, **form.cleaned_data)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "辛苦了！已登记，请对方确认以后就记上。")
            return redirect("portal:me_help_asked")
    context = {"row": row, "one": Told(wanted), "form": form, "title": "登记服务时间"}
    return show(request, acting, "portal/me/help_asked_act.html", context, 422 if form.errors else 200)
