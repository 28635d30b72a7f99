"""One line of an election's two lists: somebody who stands, somebody who is not counted."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.branches.choices import ElectionState, Turn
from apps.branches.desk import at_desk, show
from apps.branches.forms.elections import CandidateForm, ExclusionForm
from apps.branches.models import Candidate, Exclusion
from apps.branches.queries.elections import voters
from apps.branches.services.election_lists import Standing, drop_candidate, drop_exclusion, put_candidate, put_exclusion
from apps.branches.services.elections import acts
from apps.common.errors import BusinessError

from .election_desk import FORM, address, find, page_of

FACTS = ("nominated_by", "recommended", "examined", "consented")


def _part(model, desk, public_id):
    """A line of an election of this desk, or 404."""
    rows = model.objects.select_related("election", "election__organisation", "person")
    found = rows.filter(public_id=public_id, election__organisation=desk.organisation, voided_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def _closed(request, desk, row, state):
    """Where to go when the list is not open here; None when it is."""
    if row.state == state and acts(desk, Turn.BRANCH):
        return None
    messages.info(request, "名单已经报出或还没到这一步，现在不能改。")
    return redirect(page_of(desk, row))


def _to_step(desk, row):
    return redirect(address(desk, "election_step", row.public_id))


@require_http_methods(FORM)
@at_desk
def candidate_add(request, desk, election):
    """Somebody who may stand."""
    row = find(desk, election)
    if elsewhere := _closed(request, desk, row, ElectionState.NOMINATING):
        return elsewhere
    listed = row.candidates.filter(voided_at__isnull=True).values("person_id")
    form = CandidateForm(request.POST or None, people=voters(desk.organisation, desk.today).exclude(pk__in=listed))
    return _candidate(request, desk, row, form, "加一名候选人")


@require_http_methods(FORM)
@at_desk
def candidate_edit(request, desk, candidate):
    """What is known of a candidate; 去掉 takes him off the list."""
    one = _part(Candidate, desk, candidate)
    row = one.election
    if elsewhere := _closed(request, desk, row, ElectionState.NOMINATING):
        return elsewhere
    if "drop" in request.POST:
        try:
            drop_candidate(desk, one)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"已去掉{one.person.name}。")
        return _to_step(desk, row)
    initial = {name: getattr(one, name) for name in FACTS} | {"person": one.person_id, "key": one.public_id}
    people = voters(desk.organisation, desk.today).filter(pk=one.person_id)
    if not people:
        return _no_voter(request, desk, one)
    form = CandidateForm(request.POST or None, people=people, initial=initial)
    return _candidate(request, desk, row, form, f"候选人：{one.person.name}", drops=True)


def _no_voter(request, desk, one):
    """A candidate who has left the branch since he was named: all that can be done is to take him off the list."""
    context = {
        "title": f"候选人：{one.person.name}", "back": address(desk, "election_step", one.election.public_id),
        "lead": "他现在不在本支部有选举权的党员里（比如组织关系转走了），不能做候选人。请从名单中去掉，再另外提名。",
        "drop_label": "从名单中去掉",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context)


def _candidate(request, desk, row, form, title, *, drops=False):
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        facts = Standing(*(values[name] for name in FACTS))
        try:
            put_candidate(desk, row, values["person"], facts, key=values["key"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已保存：{values['person'].name}。")
            return _to_step(desk, row)
    context = {
        "title": title, "form": form, "lead": "", "back": address(desk, "election_step", row.public_id),
        "drop_label": "从名单中去掉" if drops else "",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@at_desk
def exclusion_add(request, desk, election):
    """A member who is not counted among those who must come."""
    row = find(desk, election)
    if elsewhere := _closed(request, desk, row, ElectionState.EXCLUDING):
        return elsewhere
    taken = row.exclusions.filter(voided_at__isnull=True).values("person_id")
    standing = row.candidates.filter(voided_at__isnull=True).values("person_id")
    people = voters(desk.organisation, desk.today).exclude(pk__in=taken).exclude(pk__in=standing)
    form = ExclusionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            put_exclusion(desk, row, values["person"], values["category"], key=values["key"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已加入名单：{values['person'].name}。")
            return _to_step(desk, row)
    context = {
        "title": "加一名不计入的党员", "form": form, "back": address(desk, "election_step", row.public_id),
        "lead": "只选原因，不写病名。材料留在支部备查。",
    }  # fmt: skip
    return show(request, desk, "desk/election/form.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def exclusion_drop(request, desk, exclusion):
    """Off the list."""
    one = _part(Exclusion, desk, exclusion)
    try:
        drop_exclusion(desk, one)
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"已从名单中去掉{one.person.name}。")
    return _to_step(desk, one.election)
