"""民主评议 by year, 谈心谈话, and the branch's own 主题党日 programmes."""

import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches import services
from apps.branches.choices import ReviewResult
from apps.branches.desk import at_desk, show
from apps.branches.forms import ProgrammeForm, ReviewLineForm, TalkForm
from apps.branches.models import Programme, Review, Talk
from apps.branches.rules import Capability, able
from apps.common.errors import BusinessError

from .paging import other_parameters, page_of
from .people import members_of_desk, officers_of_desk

YEARS_BACK = 10
LAST_MONTH_FOR_OLD_YEAR = 6


def year_of(desk, year: int) -> int:
    if not desk.today.year - YEARS_BACK <= year <= desk.today.year:
        raise Http404
    return year


def review_lines(desk, year: int) -> list[tuple[int, str, Review | None]]:
    """(person id, name, result) of the members of a year's last day, by 姓氏笔画."""
    day = min(desk.today, datetime.date(year, 12, 31))
    members = members_of_desk(desk, day)
    rows = Review.objects.filter(year=year, organisation=desk.organisation, voided_at__isnull=True)
    known = {row.person_id: row for row in rows}
    return [(pk, name, known.get(pk)) for pk, name in members]


def result_counts(lines) -> list[tuple[str, int]]:
    """(words, number) for each result, and for those without one. In the order of the form, nobody ranked."""
    results = [row.result if row else "" for _, _, row in lines]
    labels = [*ReviewResult.choices, ("", "没有评议")]
    return [(label, results.count(value)) for value, label in labels]


@require_safe
@at_desk
def review_home(request, desk):
    """The year that is reviewed now: reviews are held around its turn, so until June it is the one before."""
    year = desk.today.year - (desk.today.month <= LAST_MONTH_FOR_OLD_YEAR)
    return redirect("branches:reviews", desk.organisation.public_id, year)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def review_year(request, desk, year):
    """All members of a year on one page; each line is checked on its own, all are saved together."""
    year = year_of(desk, year)
    lines = review_lines(desk, year)
    forms = {
        pk: ReviewLineForm(
            request.POST or None, prefix=f"p{pk}",
            initial={"result": row.result, "note": row.note} if row else {},
        )
        for pk, _, row in lines
    }  # fmt: skip
    error = ""
    if request.method == "POST" and all([form.is_valid() for form in forms.values()]):
        findings = {
            pk: services.Finding(form.cleaned_data["result"], form.cleaned_data["note"])
            for pk, form in forms.items()
            if form.has_changed()
        }
        try:
            written = services.record_reviews(desk, year, findings)
        except BusinessError as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"已保存，改了 {len(written)} 人。")
            return redirect("branches:reviews", desk.organisation.public_id, year)
    rows = [{"name": name, "cells": [name], "form": forms[pk]} for pk, name, _ in lines]
    wrong = bool(error) or any(form.errors for form in forms.values() if form.is_bound)
    context = {
        "year": year, "columns": ["姓名"], "fields": ["评议结果", "说明"], "rows": rows, "error": error,
        "counts": result_counts(lines),
        "may": able(desk.organisation.kind, Capability.LESSONS),
        "before": year - 1 if year > desk.today.year - YEARS_BACK else 0,
        "after": year + 1 if year < desk.today.year else 0,
    }  # fmt: skip
    return show(request, desk, "desk/life/reviews.html", context, status=422 if wrong else 200)


@require_safe
@at_desk
def talk_list(request, desk):
    rows = (
        Talk.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
        .select_related("person", "officer")
        .order_by("-talked_on", "-pk")
    )
    talked = set(rows.filter(talked_on__year=desk.today.year).order_by().values_list("person_id", flat=True))
    waiting = [name for pk, name in members_of_desk(desk) if pk not in talked]
    context = {"page": page_of(request, rows), "query": other_parameters(request), "waiting": waiting}
    return show(request, desk, "desk/life/talks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def talk_record(request, desk):
    officers = officers_of_desk(desk)
    own = desk.post.person_id if desk.post and desk.post.organisation_id == desk.organisation.pk else None
    form = TalkForm(
        request.POST or None, members=members_of_desk(desk), officers=officers,
        initial={"talked_on": desk.today, "officer": own},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_talk(desk, services.TalkFacts(**form.cleaned_data))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已记下：和{row.person.name}同志谈心谈话。")
            return redirect("branches:talks", desk.organisation.public_id)
    lead = "" if officers else "还没有登记在任的书记、委员，请先请工作人员登记任职。"
    context = {"form": form, "title": "记谈心谈话", "lead": lead}
    return show(request, desk, "desk/life/form.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def talk_back(request, desk, talk):
    row = get_object_or_404(Talk, public_id=talk, organisation=desk.organisation)
    services.take_back_talk(desk, row)
    messages.success(request, "已撤回这次谈心谈话。")
    return redirect("branches:talks", desk.organisation.public_id)


def programmes_for(organisation):
    """Orders of items that may be used: the branch's own and those for all, closed ones left out."""
    rows = Programme.objects.filter(Q(organisation=organisation) | Q(organisation__isnull=True))
    return rows.filter(voided_at__isnull=True, closed_on__isnull=True).order_by("name", "pk")


@require_safe
@at_desk
def programme_list(request, desk):
    return show(request, desk, "desk/life/programmes.html", {"programmes": programmes_for(desk.organisation)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
@transaction.atomic
def programme_edit(request, desk, programme=None):
    """The branch's own order of items, new or changed; those for all are the bureau's."""
    found = None
    if programme:
        own = Programme.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
        found = get_object_or_404(own, public_id=programme)
    blank = {} if found else {"own_items": ""}  # a new row's default is the database's, nothing to show
    form = ProgrammeForm(
        request.POST or None, instance=found or Programme(organisation=desk.organisation), initial=blank
    )
    if request.method == "POST" and form.is_valid():
        services.keep_programme(desk, form.save(commit=False))
        messages.success(request, "流程已保存，记会议时可以选用。")
        return redirect("branches:programmes", desk.organisation.public_id)
    context = {"form": form, "title": "改流程" if found else "新的主题党日流程", "lead": "一行一项。", "closing": found}
    return show(request, desk, "desk/life/programme.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def programme_close(request, desk, programme):
    own = Programme.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    services.close_programme(desk, get_object_or_404(own, public_id=programme))
    messages.success(request, "流程已停用，以前的会议不受影响。")
    return redirect("branches:programmes", desk.organisation.public_id)
