"""申请困难帮扶 at `/me/`: by the old comrade, or by a proxy who may 报名办事; each step says on whose behalf."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.common.errors import BusinessError
from apps.ledgers.aid_wizard import Place, Wizard, ask, told
from apps.ledgers.choices.aid import AidAct, AidState, AidVia
from apps.ledgers.models import AidApplication
from apps.ledgers.services.aid_drafts import drop
from apps.ledgers.services.aid_steps import end
from apps.people.choices import ProxyScope

from .promises import cadre_of
from .standing import own_page, show

FIRST = "kind"
SHOWN = 6
QUESTIONS = {
    "question": "portal/me/aid_question.html", "files": "portal/me/aid_files.html",
    "review": "portal/me/aid_review.html",
}  # fmt: skip


def wizard_of(request, acting) -> Wizard:
    """404 for who is no cadre: the fund is theirs."""
    cadre = cadre_of(acting.person.pk)
    if cadre is None:
        raise Http404
    via = AidVia.PROXY if acting.is_proxy else AidVia.SELF
    return Wizard(request.user, cadre, via, timezone.localdate(), on_behalf_of=acting.on_behalf_of)


def rows_of(request, acting):
    """His applications, the latest first; a proxy sees what he entered himself."""
    rows = AidApplication.objects.standing().filter(cadre=acting.person.pk).select_related("entered_by")
    if acting.is_proxy:
        rows = rows.filter(entered_by=request.user)
    return rows.order_by("-applied_on", "-pk")


@own_page(scope=ProxyScope.ENROL)
def home(request, acting):
    """How far each is, and the way to a new one."""
    wizard = wizard_of(request, acting)
    context = {
        "rows": [told(row) for row in rows_of(request, acting)[:SHOWN]], "closed": wizard.closed_because(),
        "has_draft": bool(wizard.values), "start": reverse("portal:me_aid_step", args=[FIRST]),
    }  # fmt: skip
    return show(request, acting, "portal/me/aid.html", context)


@own_page(scope=ProxyScope.ENROL)
def step(request, acting, step):
    wizard = wizard_of(request, acting)
    place = Place(
        url=lambda key: reverse("portal:me_aid_step", args=[key]), home=reverse("portal:me_aid"),
        show=lambda name, context, status: show(request, acting, QUESTIONS[name], context, status),
    )  # fmt: skip
    return ask(request, wizard, step, place)


def chosen_row(request, acting) -> AidApplication:
    asked = request.POST.get("application", "")
    row = next((row for row in rows_of(request, acting)[:SHOWN] if str(row.public_id) == asked), None)
    if row is None:
        raise Http404
    return row


@own_page(scope=ProxyScope.ENROL)
@require_POST
def take_back(request, acting):
    """Withdraw an application, or throw a draft away."""
    wizard = wizard_of(request, acting)
    if request.POST.get("draft"):
        drop(request.user, wizard.cadre)
        messages.success(request, "填了一半的已经删去。")
        return redirect("portal:me_aid")
    row = chosen_row(request, acting)
    who = "家属代办撤回" if acting.is_proxy else "本人撤回"
    try:
        end(row, AidAct.WITHDRAW, on=timezone.localdate(), reason=who, actor=request.user, via=wizard.via)
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "已撤回。申请期里可以重新申请。")
    return redirect("portal:me_aid")


@own_page(scope=ProxyScope.ENROL)
@require_POST
def complete(request, acting):
    """Go on with one that was returned: its answers come back into the questions."""
    row = chosen_row(request, acting)
    if row.state != AidState.RETURNED or (acting.is_proxy and row.entered_by_id != request.user.pk):
        raise Http404
    wizard_of(request, acting).begin_from(row)
    return redirect("portal:me_aid_step", "review")
