"""换班 and the answer to 并班 at `/me/`, by himself or by whoever may enrol him (rule book 9.52, 9.53)."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.choices import ProxyScope
from apps.university.choices.life import Answer
from apps.university.models import ClassGroup, Enrolment
from apps.university.queries.catalogue import Card
from apps.university.queries.merges import open_answers
from apps.university.queries.own import asked_one
from apps.university.queries.similar_classes import open_classes, similar_classes
from apps.university.rules.lessons import day_of
from apps.university.rules.when import fee_words
from apps.university.services.fees import difference_of
from apps.university.services.merging_classes import answer_merge
from apps.university.services.moving import change_class_of, check_leaving

from .join import source_of
from .standing import own_page, show

ENROL = ProxyScope.ENROL
BY_HIMSELF, BY_FAMILY = "本人网上换班", "家属代为换班"


def studying_or_404(acting, key):
    """His sign-up with the class that he attends."""
    one = asked_one(acting.person, key, timezone.now())
    if one is None or one.enrolment is None:
        raise Http404
    return one


@own_page(scope=ENROL)
def move(request, acting, key):
    """First which class, then what it means in money and whether he is sure."""
    one = studying_or_404(acting, key)
    now = timezone.now()
    related = "class_group__course", "class_group__school__unit", "student__person"
    row = Enrolment.objects.select_related(*related).get(pk=one.enrolment.pk)
    context, refusal = {"one": one}, ""
    try:
        check_leaving(row, day_of(now))
    except BusinessError as late:
        return show(request, acting, "portal/me/class_move.html", {**context, "closed": late.sentence})
    try:
        if request.method == "POST":
            return _moved(request, acting, row, now)
        if "target" in request.GET:
            group = _group(row, request.GET["target"])
            money = difference_of(row, group, day_of(now))
            context |= {"card": Card(group, None, now), "money": money, "form_key": uuid.uuid4()}
            context["fee"] = fee_words(money.new_fee) + (f"（{money.discount}）" if money.discount else "")
            return show(request, acting, "portal/me/class_move_sure.html", context)
    except BusinessError as refused:
        refusal = refused.sentence
    context |= {"refusal": refusal, "cards": [Card(group, None, now) for group in similar_classes(row.class_group)]}
    return show(request, acting, "portal/me/class_move.html", context, status=422 if refusal else 200)


def _moved(request, acting, row: Enrolment, now):
    change = change_class_of(
        row, _group(row, request.POST.get("target", "")), reason=BY_FAMILY if acting.is_proxy else BY_HIMSELF,
        actor=request.user, now=now, form_key=_key(request.POST.get("form_key", "")), source=source_of(acting),
        grant=acting.grant,
    )  # fmt: skip
    messages.success(request, f"换好了，以后在“{change.new.class_group}”上课。")
    return redirect("portal:me_sign_up", change.new.sign_up.public_id)


def _group(row: Enrolment, text: str) -> ClassGroup:
    """An open class of his term; BusinessError where it is that no more, 404 for no address at all."""
    try:
        key = uuid.UUID(text)
    except ValueError:
        raise Http404 from None
    group = open_classes(row.class_group).filter(public_id=key).first()
    if group is None:
        raise BusinessError("那个班已经不能换了，请在下面另选一个。", code="closed")
    return group


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


@own_page(scope=ENROL)
def merge(request, acting, key):
    """Whether he agrees; until the classes are joined he may answer anew."""
    one = studying_or_404(acting, key)
    line = open_answers([one.enrolment.pk]).first()
    if line is None:
        messages.info(request, "这次并班已经办结，下面是最新的情况。")
        return redirect("portal:me_sign_up", key)
    if request.method == "POST" and request.POST.get("answer") in Answer.values:
        note = "家属网上代答" if acting.is_proxy else "本人网上答复"
        try:
            answer_merge(line, request.POST["answer"], note=note, actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, "已经记下，学校会按您的意思办。")
        return redirect("portal:me_sign_up", key)
    card = Card(line.merge.class_group, None, timezone.now())
    return show(request, acting, "portal/me/class_merge.html", {"one": one, "line": line, "card": card})
