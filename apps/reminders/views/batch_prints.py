"""Batches on paper: letters and cards with their envelope labels, and the call sheet of messages to be told."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.choices import PaperState
from apps.common.imprint import imprint
from apps.common.labels import GRIDS, label_for, pages_of
from apps.common.phone import readable_phone
from apps.common.printing import frame_for
from apps.messaging.access import MAKE_BATCH, batches_for
from apps.messaging.choices import Channel
from apps.messaging.models import DeliveryBatch
from apps.messaging.queries import BatchLine, lines_of
from apps.messaging.services import give_paper, mark_taken
from apps.people.queries import reach_of
from apps.reminders.forms import PrintBatchForm

from .page import page, require

LETTERS, CARDS, LABELS, CALLS = "letters", "cards", "labels", "calls"
WAYS = {
    Channel.PRINT: ((LETTERS, "打印信"), (CARDS, "打印贺卡"), (LABELS, "打印信封标签")),
    Channel.SHEET: ((CALLS, "打印电话单"),),
}
CARDS_ON_A_PAGE = 2
# As the page of the batch asks for them.
TOLD = ("说到了", "没有联系上")


def printable(request, batch_id: int) -> DeliveryBatch:
    require(request, MAKE_BATCH)
    standing = batches_for(request.user).filter(voided_at__isnull=True).select_related("unit", "paper")
    found = standing.filter(pk=batch_id).first()
    if found is None or Channel(found.channel) not in WAYS:
        raise Http404
    return found


def batch_print(request, batch_id: int):
    """What can be printed of a batch. Sent, it is out of the house: it cannot be called off any more, and a call
    sheet gets the paper by whose code it comes back."""
    found = printable(request, batch_id)
    ways = WAYS[Channel(found.channel)]
    form = PrintBatchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        way = request.POST.get("way", "")
        if way not in dict(ways):
            raise Http404
        if found.channel == Channel.SHEET:
            give_paper(found, title=f"祝福电话单 第 {found.pk} 批", actor=request.user, on=timezone.localdate())
        mark_taken(found)
        query = f"?grid={form.cleaned_data['grid']}&skip={form.cleaned_data['skip'] or 0}" if way == LABELS else ""
        return HttpResponseRedirect(reverse("admin:batch_sheet", args=[found.pk, way]) + query)
    context = {
        "batch": found, "form": form, "ways": ways, "has_labels": found.channel == Channel.PRINT,
        "back": reverse("admin:batch", args=[found.pk]), "is_taken": found.taken_at is not None,
    }  # fmt: skip
    title = f"打印：{found.get_channel_display()} 第 {found.pk} 批"
    response = page(request, "admin/reminders/batch_print.html", title, context)
    response.status_code = 422 if form.errors else 200
    return response


def batch_sheet(request, batch_id: int, way: str):
    """One A4 document of a batch that was sent to print; logged with its people before it is made."""
    found = printable(request, batch_id)
    if way not in dict(WAYS[Channel(found.channel)]) or found.taken_at is None:
        raise Http404
    lines = list(lines_of(found))
    if found.paper_id and found.paper.state == PaperState.CANCELLED:
        return HttpResponseRedirect(reverse("admin:common_paper_change", args=[found.paper_id]))
    template, context = SHEETS[way](request, found, lines)
    audit.look(
        "print", actor=request.user, people=sorted({line.person_id for line in lines if line.person_id}),
        fields=["phone" if way == CALLS else "residence"], target=f"messaging.deliverybatch:{found.pk}",
        request=request,
    )  # fmt: skip
    return page(request, template, context["frame"].title, context)


def batch_enter(request, batch_id: int):
    """Where the results of a paper that came back are entered."""
    found = printable(request, batch_id)
    return HttpResponseRedirect(reverse("admin:batch", args=[found.pk]))


# The documents


def _back(found: DeliveryBatch) -> str:
    return reverse("admin:messaging_deliverybatch_print", args=[found.pk])


def letters(request, found: DeliveryBatch, lines: list[BatchLine]):
    """One page a person, in type that old eyes read."""
    frame = frame_for(request, "信函", recall=False, back_url=_back(found))
    context = {"frame": frame, "lines": [line for line in lines if line.text], "sender": imprint(), "day": found.on_day}
    return "print/letters.html", context | {"purged": sum(not line.text for line in lines)}


def cards(request, found: DeliveryBatch, lines: list[BatchLine]):
    """Two cards a page, to be cut in the middle."""
    frame = frame_for(request, "贺卡", recall=False, landscape=True, back_url=_back(found))
    whole = [line for line in lines if line.text]
    pairs = [whole[start : start + CARDS_ON_A_PAGE] for start in range(0, len(whole), CARDS_ON_A_PAGE)]
    context = {"frame": frame, "pairs": pairs, "sender": imprint(), "purged": len(lines) - len(whole)}
    return "print/cards.html", context


def labels(request, found: DeliveryBatch, lines: list[BatchLine]):
    form = PrintBatchForm(request.GET)
    if not form.is_valid():
        raise Http404
    grid = GRIDS[form.cleaned_data["grid"]]
    made = [label_for(line.name, line.to) for line in lines if line.to]
    frame = frame_for(request, "信封标签", back_url=_back(found), scope=f"{len(made)} 张，{grid.words}")
    context = {
        "frame": frame, "grid": grid, "pages": pages_of(made, grid, skip=form.cleaned_data["skip"] or 0),
        "missing": [line.name for line in lines if not line.to], "sender": imprint().bureau,
    }  # fmt: skip
    return "print/labels.html", context


def calls(request, found: DeliveryBatch, lines: list[BatchLine]):
    """The same look as the call sheet of duties; what to say stands in it, and what came of it is ticked."""
    ids = [line.person_id for line in lines if line.person_id]
    reach = reach_of(ids, with_phones=False)
    frame = frame_for(
        request, "祝福电话单", paper=found.paper, landscape=True, columns=6, order="日子先后", signature="打电话的人",
        scope=f"第 {found.pk} 批　{len(lines)} 位　{found.on_day.year}年{found.on_day.month}月{found.on_day.day}日备好",
        back_url=_back(found),
    )  # fmt: skip
    rows = [
        {"line": line, "number": readable_phone(line.to) if line.to else "", "reach": reach.get(line.person_id)}
        for line in lines
    ]
    return "print/message_calls.html", {"frame": frame, "rows": rows, "outcomes": TOLD}


SHEETS = {LETTERS: letters, CARDS: cards, LABELS: labels, CALLS: calls}
