"""Which ways a colleague or an old person wants to be told."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.messaging.channels import usable_channels
from apps.messaging.choices import FOR_PEOPLE, FOR_STAFF, Channel
from apps.messaging.models import ChannelPreference
from apps.messaging.recipients import Recipients
from apps.messaging.rules import SendingRules
from apps.messaging.services import set_channels, set_sms_consent
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre
from apps.reminders.forms import OrderForm

from .page import page, require

CHANGE_PERSON = "people.change_person"


def my_channels(request):
    """One's own order beside the inbox, or the bureau's."""
    today = timezone.localdate()
    rules = rule_values(SendingRules.rule_key, on=today)
    recipients = Recipients([request.user.pk], [], rules=rules, on=today)
    own = ChannelPreference.objects.filter(user=request.user).first()
    usable = [str(c) for c in FOR_STAFF if c in usable_channels() and recipients.user_address(request.user.pk, c)]
    offered = list(dict.fromkeys([*usable, *(own.channels if own else [])]))
    form = OrderForm(
        request.POST or None, offered=offered, order=own.channels if own else usable[:1], may_be_empty=True
    )
    if request.method == "POST":
        if "reset" in request.POST:
            set_channels(None, user=request.user, actor=request.user, request=request)
            messages.success(request, "已改回按局里的规定。")
            return HttpResponseRedirect(reverse("admin:my_channels"))
        if form.is_valid():
            set_channels(form.order, user=request.user, actor=request.user, request=request)
            messages.success(request, "已保存。")
            return HttpResponseRedirect(reverse("admin:my_channels"))
    usable_here = usable_channels()
    lanes = [[c for c in lane if c in usable_here] for lane in rules.staff_lanes("digest")]
    context = {
        "form": form,
        "own": own,
        "offered": offered,
        "usual": "；".join("、".join(Channel(c).label for c in lane) for lane in lanes if lane),
        "quiet": f"{rules.quiet_from}点到第二天{rules.quiet_until}点",
    }
    return page(request, "admin/reminders/my_channels.html", "我怎样收消息", context)


def person_channels(request, person_id: int):
    """The order of an old person, what follows from how he is reached, and whether he agreed to texts."""
    require(request, CHANGE_PERSON)
    cadres = Cadre.objects.current().visible_to(request.user, CHANGE_PERSON)
    cadre = cadres.select_related("person").filter(pk=person_id).first()
    if cadre is None:
        raise Http404
    person, today = cadre.person, timezone.localdate()
    rules = rule_values(SendingRules.rule_key, on=today)
    recipients = Recipients([], [person.pk], rules=rules, on=today)
    own = ChannelPreference.objects.filter(person=person).first()
    order = recipients.order_of_person(person.pk)
    form = OrderForm(request.POST or None, offered=[str(c) for c in FOR_PEOPLE], order=order, may_be_empty=False)
    agreed = person.pk in recipients.consenting
    here = reverse("admin:person_channels", args=[person.pk])
    if request.method == "POST" and _act(request, person, form):
        return HttpResponseRedirect(here)
    first = recipients.next_for_person(person.pk)
    context = {
        "person": person, "form": form, "own": own, "agreed": agreed, "back": _page_of(person),
        "usual": "、".join(Channel(c).label for c in rules.person_order(person.reach_by)),
        "first": Channel(first).label if first else "",
        "skipped": [_why(channel, agreed) for channel in order if not recipients.suits(person.pk, channel)],
    }  # fmt: skip
    return page(request, "admin/reminders/person_channels.html", f"怎样通知 {person.name}同志", context)


def _act(request, person, form: OrderForm) -> bool:
    if "agree" in request.POST or "disagree" in request.POST:
        set_sms_consent(person, "agree" in request.POST, actor=request.user, request=request)
        messages.success(request, "已登记。")
        return True
    if "reset" in request.POST:
        set_channels(None, person=person, actor=request.user, request=request)
        messages.success(request, "已改回按联系方式来定。")
        return True
    if not form.is_valid():
        return False
    set_channels(form.order, person=person, actor=request.user, request=request)
    messages.success(request, "已保存。")
    return True


def _why(channel: str, agreed: bool) -> str:
    label = Channel(channel).label
    if channel not in usable_channels():
        return f"{label}：本系统没有开通"
    if channel in (Channel.SMS, Channel.SMS_FILE):
        return f"{label}：没有登记手机" if agreed else f"{label}：本人没有同意短信问候"
    return f"{label}：没有登记住址"


def _page_of(person) -> str:
    return reverse("admin:registry_cadre_change", args=[person.pk])
