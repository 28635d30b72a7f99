"""组织关系转接 at the desk: what waits here, one transfer step by step, the letter on paper."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.choices import TransferAct, TransferKind
from apps.branches.desk import at_desk, show
from apps.branches.forms.transfers import PLACES, ApplyForm, DayForm, LetterForm, ReasonForm, ReissueForm
from apps.branches.models import Organisation, Transfer
from apps.branches.queries.moves import moved_members
from apps.branches.queries.people import formal_members
from apps.branches.queries.transfers import acts_at, decides, to_review, transfers_of, waits_here, whose_turn
from apps.branches.rules.capability import Capability, able, kinds_without
from apps.branches.rules.transfers import TransferRules
from apps.branches.services import transfers
from apps.branches.transfer_papers import LEDGER, last_day, ledger_rows, state_words
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.organisation.queries import rule_values

from .sheets import workbook

Act = TransferAct
A_YEAR = dt.timedelta(days=365)
MOST = 200
# What each act is called on its button, and what its page says.
BUTTONS = {
    Act.AGREE: ("支部同意转出", "同意后送上级审核。"),
    Act.ISSUE: ("审核，开介绍信", "通过后开出介绍信，对方支部凭信接收。接收以前他仍是原支部的党员。"),
    Act.REISSUE: ("换开介绍信", "原来的编号留底，不再使用。"),
    Act.ACCEPT: ("接收", "从这一天起他是这里的党员，原来的正式组织关系在同一天结束。"),
    Act.RECEIPT: ("登记回执", "回执收到（外地转来的：回执寄出）就算办结。"),
    Act.SEND_BACK: ("退回", "他仍是原支部的党员。可以补齐以后重新申请。"),
    Act.WITHDRAW: ("撤回", "不转了。他仍是原支部的党员。"),
    Act.UNDO: ("撤销接收", "只能在登记的当天撤销，他回到原支部，介绍信仍有效。"),
}
FORMS = {
    Act.AGREE: DayForm, Act.ISSUE: LetterForm, Act.REISSUE: ReissueForm, Act.ACCEPT: DayForm, Act.RECEIPT: DayForm,
    Act.SEND_BACK: ReasonForm, Act.WITHDRAW: ReasonForm,
}  # fmt: skip
SERVICES = {
    Act.AGREE: transfers.agree, Act.ISSUE: transfers.issue, Act.REISSUE: transfers.reissue,
    Act.ACCEPT: transfers.accept, Act.RECEIPT: transfers.note_receipt, Act.UNDO: transfers.undo_accept,
}  # fmt: skip
OUT_WORDS = {Act.ACCEPT: ("对方已接收", "收到回执后登记：从这一天起他不再是本支部的党员。")}


def address(desk, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


def asked_person(request, desk):
    """A formal member whom a link names (`?person=`), or None."""
    try:
        asked = uuid.UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    return formal_members(desk.organisation, desk.today).filter(public_id=asked).first()


@require_safe
@at_desk
def transfer_list(request, desk):
    rows = list(transfers_of(desk.organisation).waiting().order_by("moved_on", "pk")[:MOST])
    closed = transfers_of(desk.organisation).exclude(pk__in=[row.pk for row in rows])
    here = [row for row in rows if waits_here(desk, row)]
    context = {
        "here": [_line(desk, row) for row in here],
        "review": [_line(desk, row, review=True) for row in to_review(desk)],
        "others": [_line(desk, row) for row in rows if row not in here],
        "closed": [_line(desk, row) for row in closed.filter(applied_on__gt=desk.today - A_YEAR)[:MOST]],
        "moved": moved_members([desk.organisation.pk], desk.today),
        "is_formal": able(desk.organisation.kind, Capability.FORMAL_LINK),
    }
    return show(request, desk, "desk/transfers/list.html", context)


def _line(desk, row: Transfer, *, review: bool = False) -> dict:
    words, tone = state_words(row, desk.today)
    organisation = row.from_organisation if review else desk.organisation
    return {
        "row": row, "words": words, "tone": tone, "turn": whose_turn(row, desk.today),
        "days": (desk.today - row.moved_on).days,
        "url": reverse("branches:transfer", args=[organisation.public_id, row.public_id]),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def transfer_add(request, desk):
    form = ApplyForm(
        request.POST or None,
        members=formal_members(desk.organisation, desk.today),
        may_agree=decides(desk),
        initial={"on": desk.today, "person": asked_person(request, desk)},
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            row = transfers.apply(
                desk, typed["person"], key=typed["key"], kind=typed["kind"], on=typed["on"], reason=typed["reason"],
                to_organisation=typed["to_organisation"], outside_name=typed["to_name"],
                agreed=typed.get("agreed", False),
            )  # fmt: skip
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记。{_next_words(row, desk.today)}")
            return redirect(address(desk, "transfer", row.public_id))
    places = Organisation.objects.filter(voided_at__isnull=True, dissolved_on__isnull=True).exclude(
        kind__in=kinds_without(Capability.FORMAL_LINK)
    )
    context = {
        "title": "办组织关系转接", "form": form, "back": address(desk, "transfers"), "list_id": PLACES,
        "lead": "办完以前他一直是本支部的党员，照常参加活动、交党费。",
        "names": places.exclude(pk=desk.organisation.pk).order_by("path").values_list("name", flat=True),
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


def _found(desk, public_id) -> Transfer:
    row = transfers_of(desk.organisation).filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


@require_safe
@at_desk
def transfer_page(request, desk, transfer):
    row = _found(desk, transfer)
    words, tone = state_words(row, desk.today)
    context = {
        "row": row, "words": words, "tone": tone, "turn": whose_turn(row, desk.today), "facts": _facts(row),
        "acts": [
            (_words(row, act)[0], address(desk, "transfer_step", row.public_id, act)) for act in acts_at(desk, row)
        ],
        "waits": waits_here(desk, row),
        "letter": address(desk, "transfer_letter", row.public_id) if _has_letter(desk, row) else "",
        "timeline": [
            {"when": step.on, "text": step.get_act_display(),
             "note": "　".join(filter(None, (step.note, "工作人员代录" if step.by_staff else "")))}
            for step in row.steps.order_by("-pk")
        ],
        "former": row.former_letters.all(),
    }  # fmt: skip
    return show(request, desk, "desk/transfers/page.html", context)


def _facts(row: Transfer) -> list[tuple]:
    facts = [("类型", row.get_kind_display()), ("从", row.from_name), ("到", row.to_name), ("申请日期", row.applied_on)]
    if row.letter_no:
        facts += [("介绍信编号", row.letter_no), ("开信日期", row.issued_on), ("有效期到", last_day(row)),
                  ("党费交到", row.dues_paid_to and row.dues_paid_to.display())]  # fmt: skip
    more = (("接收日期", row.accepted_on), ("回执日期", row.receipt_on), ("原因", row.reason),
            ("退回、撤回原因", row.closed_because))  # fmt: skip
    return facts + [(name, value) for name, value in more if value]


def _words(row: Transfer, act: str) -> tuple[str, str]:
    return (OUT_WORDS.get(act) if row.kind == TransferKind.OUT else None) or BUTTONS[act]


def _has_letter(desk, row: Transfer) -> bool:
    """The letter is printed where it was issued; those who come from outside bring theirs."""
    return bool(row.letter_no) and row.from_organisation_id == desk.organisation.pk


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def transfer_step(request, desk, transfer, act):
    row = _found(desk, transfer)
    if act not in BUTTONS:
        raise Http404
    page = address(desk, "transfer", row.public_id)
    if act not in acts_at(desk, row):
        messages.info(request, "这一步现在不用在这里办，或者刚有人办过。")
        return redirect(page)
    form = _form(request, desk, row, act)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = _do(desk, row, act, form.cleaned_data if form else {"on": desk.today})
        except BusinessError as refusal:
            if form is None:
                messages.error(request, refusal.sentence)
                return redirect(page)
            form.refuse(refusal)
        else:
            messages.success(request, f"已办：{_words(row, act)[0]}。{_next_words(done, desk.today)}")
            return redirect(page)
    title, lead = _words(row, act)
    context = {"title": f"{title}：{row.person.name}", "lead": lead, "form": form, "button": title, "back": page}
    return show(request, desk, "desk/step.html", context, status=422 if form is not None and form.errors else 200)


def _form(request, desk, row: Transfer, act: str):
    if act not in FORMS:
        return None
    rules = rule_values(TransferRules.rule_key, on=desk.today)
    usual = ("late" if row.is_expired(desk.today) else "lost") if act == Act.REISSUE else ""
    initial = {
        "on": desk.today, "valid_days": rules.valid_days, "replaces": row.letter_no, "reason": usual,
        "dues_paid_to": str(row.dues_paid_to or f"{desk.today:%Y-%m}"),
    }  # fmt: skip
    form = FORMS[act](request.POST or None, initial=initial)
    form.submit_label = _words(row, act)[0]
    return form


def _do(desk, row: Transfer, act: str, typed: dict) -> Transfer:
    if act in (Act.SEND_BACK, Act.WITHDRAW):
        return transfers.close(desk, row, act=act, on=desk.today, reason=typed["reason"])
    return SERVICES[act](desk, row, **typed)


def _next_words(row: Transfer, on: dt.date) -> str:
    turn = whose_turn(row, on)
    return f"下一步该 {turn} 办。" if turn else ""


@require_safe
@at_desk
def transfer_letter(request, desk, transfer):
    """介绍信 with its stub and the receipt, on one A4 page to be cut."""
    row = _found(desk, transfer)
    if not _has_letter(desk, row):
        raise Http404
    audit.look("print", actor=request.user, people=[row.person_id], reason="组织关系介绍信", request=request)
    frame = frame_for(request, "组织关系介绍信", recall=False, back_url=address(desk, "transfer", row.public_id))
    context = {
        "frame": frame, "row": row, "person": row.person, "birth": row.person.birth_date, "last_day": last_day(row),
    }  # fmt: skip
    return render(request, "print/transfer_letter.html", context)


@require_safe
@at_desk
def transfer_ledger(request, desk):
    """组织关系转接台账 of the branch as .xlsx."""
    rows = list(transfers_of(desk.organisation).order_by("applied_on", "pk"))
    people = {row.person_id for row in rows}
    title = f"{desk.organisation.name}组织关系转接台账"
    return workbook(request, title, LEDGER, ledger_rows(rows, desk.today), people=people, filename="zhuanjie")
