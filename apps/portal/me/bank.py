"""My minutes: how many there are, where they came from, given to family, donated, printed (rule book 10.33 to 10.35).

His family sees and prints; giving away is his own act, or that of staff who asked him.
"""

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.choices import ProxyScope
from apps.volunteers.choices.bank import AccountState, HoldState
from apps.volunteers.models import Transfer
from apps.volunteers.queries.bank import account_of, rules_of
from apps.volunteers.queries.bank_lines import entries_of, line_of, with_words, years_of
from apps.volunteers.queries.bank_passbooks import passbook_of
from apps.volunteers.queries.kinship import relatives_of
from apps.volunteers.rules.bank import HOUR, redeem_refusal, time_words
from apps.volunteers.services import bank

from .forms import KeyedForm
from .standing import own_page, show

ENROL = ProxyScope.ENROL
A_PAGE = 20
KEY = "key"  # of the form
# What is offered to choose from; everything he has comes last.
LENGTHS = (30, HOUR, 2 * HOUR, 3 * HOUR, 5 * HOUR, 10 * HOUR)


class LengthForm(KeyedForm):
    """`most`: minutes that he may dispose of."""

    submit_label = "下一步"
    minutes = forms.TypedChoiceField(label="多长时间", widget=forms.RadioSelect, coerce=int)

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(minutes, time_words(minutes)) for minutes in LENGTHS if minutes < most]
        self.fields["minutes"].choices = [*choices, (most, f"全部，{time_words(most)}")]


class GiveForm(LengthForm):
    receiver = forms.ChoiceField(label="送给谁", widget=forms.RadioSelect)
    field_order = ["receiver", "minutes"]

    def __init__(self, *args, kin, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): (person, words) for person, words in kin}
        self.fields["receiver"].choices = [(key, words) for key, (_, words) in self.people.items()]
        if len(self.people) == 1:
            self.fields["receiver"].initial = next(iter(self.people))


@own_page(scope=ENROL)
def home(request, acting):
    """The account in large words, and its last entries."""
    account, today = account_of(acting.person.pk), timezone.localdate()
    if acting.is_proxy and account is not None:
        audit.look(
            "bank.look", actor=request.user, people=[acting.person.pk], on_behalf_of=acting.on_behalf_of,
            request=request,
        )  # fmt: skip
    if account is None:
        return show(request, acting, "portal/me/bank.html", {"account": None})
    page = Paginator(with_words(entries_of(account)), A_PAGE).get_page(request.GET.get("p"))
    held = account.holds.filter(state=HoldState.HELD).select_related("request", "out").order_by("pk")
    context = {
        "account": account, "available": time_words(account.available), "is_open": account.state == AccountState.OPEN,
        "lines": [line_of(entry) for entry in page], "pages": page, "years": years_of(account)[:3],
        "held": [(time_words(row.minutes), row.request.on if row.request else None) for row in held],
        "cannot_use": redeem_refusal(acting.person.birth_date, today, rules_of(account.bank, today)),
        "kin": relatives_of(acting.person.pk), "phone": account.bank.phone,
    }  # fmt: skip
    return show(request, acting, "portal/me/bank.html", context)


@own_page(himself=True)
def give(request, acting):
    """To one of his verified relatives."""
    kin = relatives_of(acting.person.pk)

    def words(form) -> str:
        return f"把 {time_words(form.cleaned_data['minutes'])} 送给{form.people[form.cleaned_data['receiver']][1]}"

    def perform(form):
        receiver, _ = form.people[form.cleaned_data["receiver"]]
        bank.give(
            acting.person, receiver, form.cleaned_data["minutes"], actor=request.user, now=timezone.now(),
            form_key=form.cleaned_data["key"],
        )  # fmt: skip

    most = _most(acting)
    form = GiveForm(_sent(request), kin=kin, most=most) if kin and most else None
    texts = {"title": "送给家里人", "done": "已经送出。", "note": "送出以后不能自己收回。送错了请打电话告诉我们。"}
    return _in_two_steps(request, acting, form, words, perform, texts | {"kin": bool(kin)})


@own_page(himself=True)
def donate(request, acting):
    """To the pool, which serves old people who live alone."""

    def words(form) -> str:
        return f"把 {time_words(form.cleaned_data['minutes'])} 捐给公共池"

    def perform(form):
        bank.donate(
            acting.person, form.cleaned_data["minutes"], actor=request.user, now=timezone.now(),
            form_key=form.cleaned_data["key"],
        )  # fmt: skip

    most = _most(acting)
    form = LengthForm(_sent(request), most=most) if most else None
    note = "公共池用来照顾一个人住的高龄老人。捐出以后不能收回。"
    texts = {"title": "捐给公共池", "done": "已经捐出，谢谢您。", "note": note}
    return _in_two_steps(request, acting, form, words, perform, texts | {"kin": True})


def _is_open(account) -> bool:
    return account is not None and account.state == AccountState.OPEN


def _most(acting) -> int:
    account = account_of(acting.person.pk)
    return account.available if account is not None and _is_open(account) else 0


def _sent(request):
    """What was chosen: sent, or in the address of the page that says it again."""
    return request.POST if request.method == "POST" else request.GET if KEY in request.GET else None


def _is_done(acting, sent) -> bool:
    """Whether the form with this key moved minutes of his."""
    try:
        key = uuid.UUID(sent[KEY]) if sent is not None else None
    except (KeyError, ValueError):
        return False
    return key is not None and Transfer.objects.filter(public_id=key, account__person=acting.person.pk).exists()


def _in_two_steps(request, acting, form, words, perform, texts: dict):
    """First what and how much, then one page that says it again with one button. That page has an address of its own,
    so that going back to it from what came of it never asks about sending a form again; done already it says so."""
    if _is_done(acting, _sent(request)):
        messages.info(request, "这一次已经办好了，没有再办一遍。")
        return redirect("portal:me_bank")
    account = account_of(acting.person.pk)
    context = {
        **texts, "form": form, "available": time_words(_most(acting)),
        "is_closed": account is not None and not _is_open(account),
    }  # fmt: skip
    if form is None or not form.is_bound or not form.is_valid():
        status = 422 if form is not None and form.errors else 200
        return show(request, acting, "portal/me/bank_act.html", context, status=status)
    sent = [(name, _sent(request).get(name, "")) for name in form.fields]
    if request.method != "POST":
        return show(request, acting, "portal/me/bank_sure.html", context | {"sentence": words(form), "sent": sent})
    if "sure" not in request.POST:
        return redirect(f"{request.path}?{urlencode(sent)}")
    try:
        perform(form)
    except BusinessError as refusal:
        form.refuse(refusal)
        return show(request, acting, "portal/me/bank_act.html", context, status=422)
    messages.success(request, texts["done"])
    return redirect("portal:me_bank")


@own_page(scope=ENROL)
def passbook(request, acting):
    """The passbook of a year, to print."""
    account = account_of(acting.person.pk)
    if account is None:
        return redirect("portal:me_bank")
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= 2199 else timezone.localdate().year
    audit.look(
        "bank.passbook", actor=request.user, people=[acting.person.pk], on_behalf_of=acting.on_behalf_of,
        request=request,
    )  # fmt: skip
    frame = frame_for(request, "时间存折", recall=False, back_url="../")
    return render(request, "print/volunteers/passbook.html", {"frame": frame, "book": passbook_of(account, year)})
