"""What leaves by hand: how much waits, making a batch, taking it along, and what came of it."""

import datetime

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.messaging.access import MAKE_BATCH, batch_units, batches_for
from apps.messaging.channels import KINDS
from apps.messaging.choices import BATCHED, Channel, DeliveryState, Outcome
from apps.messaging.models import Delivery, DeliveryBatch
from apps.messaging.queries import gone_on_by, waiting_by_channel
from apps.messaging.rules import SendingRules, filled, sms_length, with_signature
from apps.messaging.services import (
    Result,
    call_off_batch,
    import_results,
    make_batch,
    mark_taken,
    settle_batch,
)
from apps.messaging.services.batches import XLSX
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values, subtree_ids
from apps.registry.models import Cadre
from apps.reminders.forms import CallOffForm, MakeBatchForm, ResultFileForm
from apps.reminders.rules import GreetingTexts

from .page import page, require

A_PAGE = 50
TONES = {"sent": "done", "failed": "late", "unknown": "soon", "handed": "info"}
RESULT_WORDS = {
    Channel.SMS_FILE: {"delivered": "送到了", "failed": "没有送到", "unknown": "不清楚"},
    Channel.PRINT: {"delivered": "已寄出", "failed": "没有寄成或退回", "unknown": "不清楚"},
    Channel.SHEET: {"delivered": "说到了", "failed": "没有联系上", "unknown": "不清楚"},
}


def within(unit: Unit):
    """Deliveries to people whom a unit or one below it manages, and to colleagues with a role there."""
    ids = sorted(subtree_ids([unit]))
    people = Cadre.objects.filter(managing_unit_id__in=ids).values("pk")
    colleagues = User.objects.filter(grants__unit_id__in=ids).values("pk")
    return Delivery.objects.filter(Q(person_id__in=people) | Q(user_id__in=colleagues))


def batches(request):
    """How much waits for each channel, a form to hand it out, and the batches so far."""
    require(request, MAKE_BATCH)
    today = timezone.localdate()
    units = batch_units(request.user)
    if request.method == "POST":
        answer = _make(request, units, today)
        if answer is not None:
            return answer
    waiting: dict[str, dict] = {}
    for unit in units:
        for channel, row in waiting_by_channel(within(unit)).items():
            known = waiting.setdefault(channel, {"waiting": 0, "first_day": row["first_day"]})
            known["waiting"] += row["waiting"]
            known["first_day"] = min(known["first_day"], row["first_day"])
    rules = rule_values(SendingRules.rule_key, on=today)
    found = Paginator(batches_for(request.user).select_related("unit", "made_by"), A_PAGE)
    shown = found.get_page(request.GET.get("page"))
    context = {
        "ways": [_way(channel, waiting.get(channel), units, today) for channel in BATCHED],
        "page": shown,
        "rows": [_row(batch, today, rules) for batch in shown],
        "columns": ["编号", "通道", "日期", "单位", {"label": "条数", "is_number": True}, "制作人", "结果"],
        "words": _words(today),
    }
    return page(request, "admin/reminders/batches.html", "成批发送", context)


def _way(channel: str, row: dict | None, units, today: datetime.date) -> dict:
    return {
        "label": Channel(channel).label,
        "settled_by": KINDS[channel].settled_by,
        "waiting": row["waiting"] if row else 0,
        "first_day": row["first_day"] if row else None,
        "form": _form(channel, row, units, today) if row and units else None,
        "button": {"smsfile": "生成短信文件", "print": "备好贺卡", "sheet": "备好电话单"}[channel],
    }


def _form(channel: str, row: dict, units, today: datetime.date) -> MakeBatchForm:
    return MakeBatchForm(channel=channel, units=units, today=today, first_day=row["first_day"])


def _words(today: datetime.date) -> list[tuple[str, str]]:
    """The words in force for birthdays as somebody with four characters gets them, and what the text costs."""
    texts = rule_values(GreetingTexts.rule_key, on=today)
    values = {"姓名": "欧阳德厚", "局名": settings.PORTAL["bureau"], "电话": settings.PORTAL["phone"]}
    sms = with_signature(filled(texts.sms, values), settings.SMS_GATEWAY["signature"])
    return [
        ("短信", sms, sms_length(sms).words),
        ("贺卡", filled(texts.card, values), ""),
        ("电话里说", filled(texts.call, values), ""),
    ]


def _row(batch: DeliveryBatch, today: datetime.date, rules: SendingRules) -> list:
    return [
        {"text": f"第 {batch.pk} 批", "url": reverse("admin:batch", args=[batch.pk])},
        batch.get_channel_display(),
        batch.on_day.isoformat(),
        batch.unit.name if batch.unit else "全部",
        batch.counts.get("total", 0),
        batch.made_by.display_name if batch.made_by else "",
        {"text": "", **dict(zip(("tag", "tone"), standing(batch, today, rules), strict=True))},
    ]


def standing(batch: DeliveryBatch, today: datetime.date, rules: SendingRules) -> tuple[str, str]:
    """(words, tone) of where a batch stands."""
    if batch.voided_at:
        return "已撤销", ""
    if batch.settled_at:
        parts = [f"{batch.counts.get('delivered', 0)} 条送到"]
        parts += [f"{batch.counts['failed']} 条没送到"] if batch.counts.get("failed") else []
        parts += [f"{batch.counts['unknown']} 条待核实"] if batch.counts.get("unknown") else []
        return "，".join(parts), "soon" if batch.counts.get("unknown") else "done"
    days = (today - batch.on_day).days
    if days > rules.batch_days:
        return f"等结果已 {days} 天", "late"
    return "等结果", "info"


def _make(request, units, today: datetime.date):
    channel = request.POST.get("channel", "")
    if channel not in BATCHED:
        raise Http404
    form = MakeBatchForm(request.POST, channel=channel, units=units, today=today)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return None
    unit = form.cleaned_data["unit"]
    through = form.cleaned_data["through"] or today + datetime.timedelta(days=366)
    try:
        made = make_batch(
            channel, actor=request.user, on=today, through=through, among=within(unit).values("pk"), unit=unit,
            request=request,
        )  # fmt: skip
    except BusinessError as refusal:
        messages.info(request, refusal.sentence)
        return HttpResponseRedirect(reverse("admin:batches"))
    messages.success(request, f"已备好 {made.counts['total']} 条。")
    return HttpResponseRedirect(reverse("admin:batch", args=[made.pk]))


# One batch


def _batch_of(request, batch_id: int) -> DeliveryBatch:
    require(request, MAKE_BATCH)
    batch = batches_for(request.user).select_related("unit", "made_by", "file").filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch


def batch(request, batch_id: int):
    """What is in it, taking it along, its results, calling it off. Looking at it names people: that is noted."""
    found = _batch_of(request, batch_id)
    upload, call_off = ResultFileForm(), CallOffForm()
    if request.method == "POST":
        acts = {"result": _take_results, "settle": _settle, "off": _call_off}
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        answer = act(request, found)
        if isinstance(answer, HttpResponseRedirect):
            return answer
        upload, call_off = (answer, call_off) if isinstance(answer, ResultFileForm) else (upload, answer)
    rows = found.deliveries.select_related("user", "person").order_by("on_day", "pk")
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    onward = gone_on_by([row.pk for row in shown])
    lines = [_line(row, found.channel, onward.get(row.pk, "")) for row in shown]
    audit.look(
        "open", actor=request.user, people=[row.person_id for row in shown if row.person_id],
        target=f"messaging.deliverybatch:{found.pk}", request=request,
    )  # fmt: skip
    rules = rule_values(SendingRules.rule_key, on=found.on_day)
    words, tone = standing(found, timezone.localdate(), rules)
    context = {
        "batch": found, "words": words, "tone": tone, "lines": lines, "page": shown,
        "is_file": found.channel == Channel.SMS_FILE, "upload": upload, "call_off": call_off,
        "has_file": bool(found.file and not found.file.purged_at and not found.voided_at),
        "print_url": _print_url(found), "choices": list(RESULT_WORDS[Channel(found.channel)].items()),
        "may_call_off": not (found.taken_at or found.paper_id or found.settled_at or found.voided_at),
        "unmatched": found.counts.get("unmatched_lines", []),
        "all_label": {"print": "这一页都已寄出", "sheet": "这一页都说到了"}.get(found.channel, ""),
    }  # fmt: skip
    return page(request, "admin/reminders/batch.html", f"{found.get_channel_display()} 第 {found.pk} 批", context)


def _line(row: Delivery, channel: str, onward: str) -> dict:
    words = row.get_state_display() + (f"：{row.get_outcome_display()}" if row.outcome else "")
    return {
        "pk": row.pk,
        "name": row.user.display_name if row.user_id else row.person.name,
        "url": reverse("admin:registry_cadre_change", args=[row.person_id]) if row.person_id else "",
        "day": row.on_day,
        "state": words,
        "onward": f"已转到{Channel(onward).label}" if onward else "",
        "tone": TONES.get(row.state, ""),
        "is_open": row.state in (DeliveryState.HANDED, DeliveryState.UNKNOWN)
        or (channel != Channel.SMS_FILE and row.outcome in (Outcome.POSTED, Outcome.TOLD)),
    }


def _print_url(found: DeliveryBatch) -> str:
    """The printing page of cards and call sheets, where there is one."""
    if found.channel == Channel.SMS_FILE or found.voided_at:
        return ""
    try:
        return reverse("admin:messaging_deliverybatch_print", args=[found.pk])
    except NoReverseMatch:
        return ""


def batch_download(request, batch_id: int):
    """The operator's file; a POST, because from then on the batch is out of the house. The look is noted before."""
    found = _batch_of(request, batch_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not found.file or found.file.purged_at or found.voided_at:
        raise Http404
    people = list(found.deliveries.filter(person__isnull=False).values_list("person_id", flat=True))
    audit.look(
        "messaging.download_batch", actor=request.user, people=people, target=f"messaging.deliverybatch:{found.pk}",
        request=request,
    )  # fmt: skip
    mark_taken(found)
    response = HttpResponse(attachments.read(found.file), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, found.file.filename)
    response["Cache-Control"] = "no-store"
    return response


def _take_results(request, found: DeliveryBatch):
    form = ResultFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return form
    file = form.cleaned_data["file"]
    try:
        told = import_results(found, file.read(), file.name, actor=request.user, now=timezone.now(), request=request)
    except BusinessError as refusal:
        form.add_error("file", refusal.sentence)
        return form
    changed = sum(told[str(result)] for result in Result)
    parts = [f"读到 {told['lines']} 行，登记 {changed} 条" if changed else f"读到 {told['lines']} 行，没有新的变化"]
    parts += [f"对不上的 {told['unmatched']} 行列在下面"] if told["unmatched"] else []
    parts += [f"还有 {told['open']} 条没有结果"] if told["open"] else []
    messages.success(request, "；".join(parts) + "。")
    return HttpResponseRedirect(reverse("admin:batch", args=[found.pk]))


def _settle(request, found: DeliveryBatch):
    """Results of one page of a card or call batch: a choice a line, or one button for all of the page still open."""
    if found.channel == Channel.SMS_FILE or found.voided_at:
        raise Http404
    given: dict[int, str] = {}
    for name, word in request.POST.items():
        key = name.removeprefix("line-")
        if name != key and key.isdecimal() and len(key) < 19 and (word in set(Result) or not word):
            given[int(key)] = word or (Result.DELIVERED if request.POST.get("all") else "")
    changed = settle_batch(
        found, {pk: word for pk, word in given.items() if word}, actor=request.user, now=timezone.now(), request=request
    )
    messages.success(request, f"已登记 {sum(changed.values())} 条。" if any(changed.values()) else "没有新的变化。")
    return HttpResponseRedirect(reverse("admin:batch", args=[found.pk]))


def _call_off(request, found: DeliveryBatch):
    form = CallOffForm(request.POST)
    if not form.is_valid():
        return form
    try:
        count = call_off_batch(found, actor=request.user, reason=form.cleaned_data["reason"], request=request)
        messages.success(request, f"已撤销，{count} 条重新等待交出。")
    except BusinessError as refusal:
        messages.error(request, refusal.sentence)
    return HttpResponseRedirect(reverse("admin:batch", args=[found.pk]))
