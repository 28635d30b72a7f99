"""What to do about a member who moved away (组织关系随人走): transfer, floating, or stay."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.branches.choices import AwayDecision
from apps.branches.desk import at_desk, show
from apps.branches.forms.transfers import MoveForm
from apps.branches.queries.moves import moved_members
from apps.branches.services.moves import decide_move
from apps.common.errors import BusinessError

from .transfers import address

PAGES = {AwayDecision.TRANSFER: "transfer_add", AwayDecision.FLOATING: "stay_add"}


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def move(request, desk, source, decision):
    """转接 and 流动 lead to their own forms with the member chosen; 不转 asks why and is noted."""
    found = next((one for one in moved_members([desk.organisation.pk], desk.today) if one.source == source), None)
    if found is None or decision not in AwayDecision.values:
        raise Http404
    if decision in PAGES:
        return redirect(f"{address(desk, PAGES[decision])}?person={found.person.public_id}")
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_move(desk, found, decision, key=form.cleaned_data["key"], reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已记下，不再提示。")
            return redirect(address(desk, "transfers"))
    context = {
        "title": f"组织关系先不转：{found.person.name}", "form": form, "back": address(desk, "transfers"),
        "lead": "他的组织关系留在本支部。请保持联系，必要时登记为流动党员。",
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)
