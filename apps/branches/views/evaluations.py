"""Evaluation at the desk: the branch's self-assessment in parts, its submission, the result; 初核 by those above."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches import drafts
from apps.branches.access import Desk
from apps.branches.desk import at_desk, show
from apps.branches.forms.evaluation import PartForm, ReturnForm, StoryForm, VerifyForm
from apps.branches.models import Evaluation, EvaluationLine
from apps.branches.queries.evaluations import (
    all_lines,
    evidence_of,
    of_organisation,
    parts_of,
    said_last,
    totals_of,
)
from apps.branches.rules.evaluation import EvaluationRules
from apps.branches.services import evaluation_decisions as decisions
from apps.branches.services import evaluations as services
from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.organisation.queries import rule_values

from .evaluation_papers import SHEETS, send_paper
from .paging import other_parameters, page_of

FORM = "evaluation"
GET_POST = ["GET", "HEAD", "POST"]
IMAGES = ("image/jpeg", "image/png")


def own_evaluation(desk: Desk, public_id) -> Evaluation:
    return get_object_or_404(of_organisation(desk.organisation), public_id=public_id)


def is_above(desk: Desk) -> bool:
    """Whether a post in an organisation above sits here: it verifies, and does not write the self-assessment."""
    return desk.post is not None and desk.post.organisation_id != desk.organisation.pk


def page_url(desk: Desk, evaluation: Evaluation) -> str:
    return reverse("branches:evaluation", args=[desk.organisation.public_id, evaluation.public_id])


@require_safe
@at_desk
def evaluation_list(request, desk):
    page = page_of(request, of_organisation(desk.organisation))
    return show(
        request, desk, "desk/evaluation/list.html", {"page": page, "query": other_parameters(request)}
    )  # fmt: skip


@require_safe
@at_desk
def evaluation_page(request, desk, evaluation):
    """How far it is; its parts, each a screen; before submission what is missing, after it the result."""
    found = own_evaluation(desk, evaluation)
    parts = parts_of(found)
    lines = all_lines(parts)
    context = {
        "evaluation": found, "parts": parts, "done": sum(part.is_done for part in parts),
        "missing": services.missing_of(found) if found.is_open else [],
        "totals": [(label, points) for label, points in totals_of(lines) if points],
        "said": said_last(found), "may_write": found.is_open and not is_above(desk),
        "may_verify": is_above(desk) and found.state == "submitted",
        "undoable": decisions.undoable(found, desk.user, desk.today),
        "noted": [line for line in lines if line.verify_note], "evidence": sum(map(len, evidence_of(lines).values())),
    }  # fmt: skip
    return show(request, desk, "desk/evaluation/page.html", context)


def writable(desk: Desk, public_id) -> Evaluation:
    """For pages of the self-assessment: those above do not write it."""
    found = own_evaluation(desk, public_id)
    if is_above(desk):
        raise Http404
    return found


@require_http_methods(GET_POST)
@at_desk
def evaluation_part(request, desk, evaluation, number):
    """One section: points, a note and evidence an item. Half-typed ones keep themselves."""
    found = writable(desk, evaluation)
    parts = parts_of(found)
    if not 1 <= number <= len(parts):
        raise Http404
    part = parts[number - 1]
    subject = f"{found.public_id}:{number}"
    typed = drafts.kept(desk, FORM, subject) if request.method != "POST" and found.is_open else None
    form = PartForm(
        request.POST if request.method == "POST" else None, lines=part.lines, initial=_initial(part, typed)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, desk, found, part, form)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            drafts.drop(desk, FORM, subject)
            return _after_part(request, desk, found, number, len(parts))
    context = {
        "evaluation": found, "part": part, "form": form, "total": len(parts), "typed": typed,
        "rows": form.rows(evidence_of(part.lines)), "draft_url": drafts.address_of(desk, FORM, subject),
        "most_files": services.MOST_EVIDENCE,
    }  # fmt: skip
    return show(request, desk, "desk/evaluation/part.html", context, status=422 if form.errors else 200)


def _initial(part, typed) -> dict:
    initial = {"seen": services.seen_of(part.lines)}
    if typed:
        known = {f"{kind}{line.item_id}" for line in part.lines for kind in "pn"}
        initial |= {name: value for name, value in typed.fields if name in known}
    return initial


def _save(request, desk, found, part, form) -> None:
    """The points and notes, then the files: a refused file does not lose what was typed."""
    who = {"actor": desk.user, "by_staff": desk.by_staff}
    services.save_part(found, part.section, form.given(), seen=form.cleaned_data["seen"], **who)
    for line in part.lines:
        if files := request.FILES.getlist(f"f{line.item_id}"):
            _add_files(found, line, files, who)
    if gone := request.POST.get("remove"):
        services.remove_evidence(found, own_evidence(part.lines, gone), **who)


def _add_files(found, line: EvaluationLine, files, who: dict) -> None:
    try:
        services.add_evidence(found, line, files, **who)
    except BusinessError as refusal:
        words = f"分数和说明已保存，但第 {line.item.number} 条的证据没有加上：{refusal.sentence}"
        raise BusinessError(words, code=refusal.code, field=f"n{line.item_id}") from refusal


def own_evidence(lines, public_id: str) -> Attachment:
    for files in evidence_of(lines).values():
        for one in files:
            if str(one.public_id) == str(public_id):
                return one
    raise Http404


def _after_part(request, desk, found, number: int, total: int):
    if request.POST.get("remove"):
        messages.success(request, "证据删掉了。")
        return redirect(request.path)
    messages.success(request, "这一部分保存好了。")
    if "next" in request.POST and number < total:
        return redirect("branches:evaluation_part", desk.organisation.public_id, found.public_id, number + 1)
    return redirect(page_url(desk, found))


@require_http_methods(GET_POST)
@at_desk
def evaluation_story(request, desk, evaluation):
    found = writable(desk, evaluation)
    subject = f"{found.public_id}:story"
    typed = drafts.kept(desk, FORM, subject) if request.method != "POST" and found.is_open else None
    story = dict(typed.fields).get("story", found.story) if typed else found.story
    form = StoryForm(
        request.POST if request.method == "POST" else None, initial={"seen": found.version, "story": story}
    )  # fmt: skip
    most = rule_values(EvaluationRules.rule_key, on=desk.today).story_length
    if request.method == "POST" and form.is_valid():
        try:
            services.save_story(found, **form.cleaned_data, actor=desk.user, by_staff=desk.by_staff)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            drafts.drop(desk, FORM, subject)
            messages.success(request, "事迹材料保存好了。")
            return redirect(page_url(desk, found))
    context = {
        "evaluation": found, "form": form, "most": most, "draft_url": drafts.address_of(desk, FORM, subject),
        "back": page_url(desk, found),
    }  # fmt: skip
    return show(request, desk, "desk/evaluation/story.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@at_desk
def evaluation_submit(request, desk, evaluation):
    """Everything once more on one page, then one button."""
    found = writable(desk, evaluation)
    if request.method == "POST":
        try:
            services.submit(found, on=desk.today, actor=desk.user, by_staff=desk.by_staff)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, "已呈报，等上级核查。")
        return redirect(page_url(desk, found))
    parts = parts_of(found)
    context = {
        "evaluation": found, "parts": parts, "missing": services.missing_of(found), "back": page_url(desk, found),
        "totals": dict(totals_of(all_lines(parts))), "may": found.is_open,
    }  # fmt: skip
    return show(request, desk, "desk/evaluation/review.html", context)


@require_POST
@at_desk
def evaluation_undo(request, desk, evaluation):
    found = own_evaluation(desk, evaluation)
    try:
        decisions.undo(found, on=desk.today, actor=desk.user, by_staff=desk.by_staff)
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "撤回了刚办的一步。")
    return redirect(page_url(desk, found))


@require_safe
@at_desk
def evaluation_file(request, desk, evaluation, file):
    """A piece of evidence: a photo to look at, a PDF to keep."""
    found = own_evaluation(desk, evaluation)
    one = own_evidence(list(found.lines.all()), file)
    return evidence_response(one)


def evidence_response(one: Attachment) -> HttpResponse:
    response = HttpResponse(attachments.read(one), content_type=one.content_type)
    if one.content_type not in IMAGES:
        response["Content-Disposition"] = 'attachment; filename="evidence.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@at_desk
def evaluation_paper(request, desk, evaluation, which):
    found = own_evaluation(desk, evaluation)
    if which not in SHEETS:
        raise Http404
    return send_paper(request, found, which, back_url=page_url(desk, found))


# Those above ----------------------------------------------------------------------------------------------------


def _for_superior(desk: Desk, public_id) -> Evaluation:
    """A submitted one; the branch itself never verifies itself."""
    found = own_evaluation(desk, public_id)
    if not is_above(desk):
        raise Http404
    return found


@require_http_methods(GET_POST)
@at_desk
def evaluation_verify(request, desk, evaluation):
    found = _for_superior(desk, evaluation)
    lines = all_lines(parts_of(found))
    initial = {"seen": services.seen_of(lines), "verified_on": desk.today, "verifiers": desk.post.person.name}
    form = VerifyForm(
        request.POST if request.method == "POST" else None, lines=lines, column="verified_points", initial=initial
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            decisions.verify(
                found, form.checked(), decisions.Visit(**form.facts()), seen=form.cleaned_data["seen"], actor=desk.user
            )
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "核查结果已保存，等老干部局复核、命名。")
            return redirect(page_url(desk, found))
    context = {
        "evaluation": found, "form": form, "rows": form.rows(evidence_of(lines)), "back": page_url(desk, found)
    }  # fmt: skip
    return show(request, desk, "desk/evaluation/verify.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@at_desk
def evaluation_return(request, desk, evaluation):
    found = _for_superior(desk, evaluation)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decisions.send_back(found, **form.cleaned_data, on=desk.today, actor=desk.user)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已退回，支部会看到原因。")
            return redirect(page_url(desk, found))
    context = {"form": form, "title": "退回修改", "lead": f"{desk.organisation}：{found}"}
    return show(request, desk, "desk/life/form.html", context, status=422 if form.errors else 200)
