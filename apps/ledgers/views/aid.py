"""困难帮扶 at the desk: a member's application one question a screen, the visit to his home, how far each is."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches.access import Desk, people_at
from apps.branches.desk import address, at_desk, show
from apps.common.errors import BusinessError
from apps.ledgers.aid_wizard import Place, Wizard, ask, told
from apps.ledgers.choices.aid import AidAct, AidState, AidVia
from apps.ledgers.forms.aid import VerifyForm
from apps.ledgers.models import AidApplication
from apps.ledgers.queries.desk import member_or_404, member_rows, members_found
from apps.ledgers.services.aid_drafts import drop
from apps.ledgers.services.aid_steps import end, verify
from apps.registry.models import Cadre

PER_PAGE = 30
LONGEST = 60
SHOWN = 100
QUESTIONS = {
    "question": "desk/aid/question.html", "files": "desk/aid/files.html", "review": "desk/aid/review.html",
}  # fmt: skip
STEPS = require_http_methods(["GET", "HEAD", "POST"])


def rows_at(desk: Desk):
    """Applications of this desk's members, the latest first: how far they are, nothing of the family."""
    rows = AidApplication.objects.standing().filter(cadre__in=people_at(desk).values("pk"))
    return rows.select_related("cadre__person", "entered_by").order_by("-applied_on", "-pk")


def row_or_404(desk: Desk, public_id) -> AidApplication:
    row = rows_at(desk).filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


@require_safe
@at_desk
def aid_list(request, desk):
    context = {"rows": [told(row) for row in rows_at(desk)[:SHOWN]], "asked": request.GET.get("q", "")}
    return show(request, desk, "desk/aid/list.html", context)


@require_safe
@at_desk
def aid_who(request, desk):
    """For whom: names to pick, or to find."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    people, understood = members_found(desk, text, "")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": member_rows(desk, list(page)), "page": page, "q": text, "understood": understood,
        "query": urlencode({"q": text}), "total": f"共 {page.paginator.count} 人，按拼音排",
    }  # fmt: skip
    return show(request, desk, "desk/aid/who.html", context)


@STEPS
@at_desk
def aid_step(request, desk, person, step):
    found = member_or_404(desk, person)
    cadre = Cadre.objects.current().select_related("person", "managing_unit").filter(pk=found.pk).first()
    if cadre is None:
        messages.info(request, f"{found.name}不在老干部名册里，不能申请困难帮扶。")
        return redirect(address(desk, "ledgers:aid"))
    wizard = Wizard(desk.user, cadre, AidVia.STAFF if desk.by_staff else AidVia.BRANCH, desk.today, asks_applicant=True)
    if request.method == "POST" and request.POST.get("draft"):
        drop(desk.user, cadre)
        messages.success(request, "填了一半的已经删去。")
        return redirect(address(desk, "ledgers:aid"))
    place = Place(
        url=lambda key: address(desk, "ledgers:aid_step", found.public_id, key), home=address(desk, "ledgers:aid"),
        show=lambda name, context, status: show(request, desk, QUESTIONS[name], context, status=status),
    )  # fmt: skip
    return ask(request, wizard, step, place)


@STEPS
@at_desk
def aid_verify(request, desk, application):
    """The branch went to see: who, and what they found."""
    row = row_or_404(desk, application)
    back = address(desk, "ledgers:aid")
    if row.state != AidState.APPLIED or row.waits_for_family:
        messages.info(request, "这份申请现在不用核实，或者刚有人核实过。")
        return redirect(back)
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        via = AidVia.STAFF if desk.by_staff else AidVia.BRANCH
        try:
            verify(row, **form.cleaned_data, actor=desk.user, via=via)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "记下了。接着由单位签字盖章，老干部局审核。")
            return redirect(back)
    context = {
        "title": f"入户核实：{row.cadre.person.name}", "form": form, "back": back,
        "lead": "到家里看一看、问一问，写下看到的情况。核实的情况加密保存。",
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def aid_take_back(request, desk, application):
    """Withdraw what this account entered for a member."""
    row = row_or_404(desk, application)
    if row.entered_by_id != desk.user.pk:
        raise Http404
    via = AidVia.STAFF if desk.by_staff else AidVia.BRANCH
    from_day = max(desk.today, row.applied_on)
    try:
        end(row, AidAct.WITHDRAW, on=from_day, reason="代报人撤回", actor=desk.user, via=via)
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "已撤回。申请期里可以重新报。")
    return redirect(address(desk, "ledgers:aid"))


@require_POST
@at_desk
def aid_complete(request, desk, application):
    """Go on with one that this account entered and that was returned."""
    row = row_or_404(desk, application)
    if row.entered_by_id != desk.user.pk or row.state != AidState.RETURNED:
        raise Http404
    cadre = Cadre.objects.select_related("person", "managing_unit").get(pk=row.cadre_id)
    via = AidVia.STAFF if desk.by_staff else AidVia.BRANCH
    Wizard(desk.user, cadre, via, desk.today, asks_applicant=True).begin_from(row)
    return redirect(address(desk, "ledgers:aid_step", cadre.person.public_id, "review"))
