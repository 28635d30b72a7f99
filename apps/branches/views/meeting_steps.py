"""记会议: four short screens whose answers stand in the draft until the last one writes the meeting."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.branches import drafts
from apps.branches.access import Desk
from apps.branches.choices import MeetingKind
from apps.branches.desk import at_desk, show
from apps.branches.forms.meetings import (
    EARLIEST,
    HERE,
    MARKS,
    ONLINE,
    StartForm,
    WordsForm,
    marks_of,
    present_in,
    roll_rows,
)
from apps.branches.models import Meeting
from apps.branches.queries import same_day
from apps.branches.rules.pasted import match_names
from apps.branches.services import MeetingFacts, change_meeting, record_meeting, template_for
from apps.common.errors import BusinessError, StaleVersion
from apps.common.forms import PortalForm

from .meetings import own_meeting

FORM = drafts.MEETING
STEPS = ("start", "names", "words", "review")
TEMPLATES = {
    "start": "desk/meetings/start.html", "names": "desk/meetings/names.html", "words": "desk/meetings/words.html",
    "review": "desk/meetings/review.html",
}  # fmt: skip
LABELS = {"start": "什么会", "names": "点名", "words": "内容", "review": "看一遍"}


@dataclass(frozen=True)
class Writing:
    """A meeting being written at a desk: what was said on the screens so far; `meeting` is the one being mended."""

    desk: Desk
    said: dict[str, str]
    meeting: Meeting | None

    @property
    def subject(self) -> str:
        return str(self.meeting.public_id) if self.meeting else ""

    @property
    def key(self) -> uuid.UUID:
        return uuid.UUID(self.said["key"])

    @property
    def held_on(self) -> dt.date:
        return dt.date.fromisoformat(self.said["held_on"])

    def keep(self, fields) -> None:
        """Into the draft, beside what the other screens said."""
        self.said.update(fields)
        drafts.keep(self.desk, FORM, self.said.items(), self.subject)

    def url(self, step: str) -> str:
        organisation = self.desk.organisation.public_id
        if self.meeting:
            return reverse("branches:meeting_change", args=[organisation, self.meeting.public_id, step])
        return reverse("branches:meeting_step", args=[organisation, step])

    def template(self):
        return template_for(self.desk.organisation, self.said["kind"], on=self.held_on)

    def rows(self):
        return roll_rows(self.template().seats, self.said)


def writing_of(desk: Desk, meeting: Meeting | None) -> Writing:
    kept = drafts.kept(desk, FORM, str(meeting.public_id) if meeting else "")
    return Writing(desk, dict(kept.fields) if kept else {}, meeting)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def meeting_new(request, desk):
    """Go on with what was not finished, or begin."""
    writing = writing_of(desk, None)
    if request.method == "POST":
        drafts.drop(desk, FORM)
        return HttpResponseRedirect(writing.url("start") + kind_asked(request))
    if not is_begun(writing):
        return HttpResponseRedirect(writing.url("start") + kind_asked(request))
    context = {
        "kind": MeetingKind(writing.said["kind"]).label, "held_on": writing.held_on,
        "go_on": writing.url(next_of(writing)),
    }  # fmt: skip
    return show(request, desk, "desk/meetings/unfinished.html", context)


def kind_asked(request) -> str:
    kind = request.GET.get("kind", "")
    return f"?kind={kind}" if kind in MeetingKind else ""


def is_begun(writing: Writing) -> bool:
    """Whether the first screen was answered well."""
    try:
        day = dt.date.fromisoformat(writing.said.get("held_on", ""))
        uuid.UUID(writing.said.get("key", ""))
        int(writing.said.get("said_present", ""))
    except ValueError:
        return False
    return writing.said.get("kind") in MeetingKind and EARLIEST <= day <= writing.desk.today


def next_of(writing: Writing) -> str:
    """The first screen that was not answered yet."""
    if not any(name.startswith("state_") for name in writing.said):
        return "names"
    return "review" if writing.said.get("topic", "").strip() else "words"


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def meeting_step(request, desk, screen):
    return answer_step(request, writing_of(desk, None), screen)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def meeting_change(request, desk, meeting, screen):
    """Mending a recorded meeting goes over the same screens."""
    found = own_meeting(desk, meeting)
    if found.voided_at:
        raise Http404
    writing = writing_of(desk, found)
    return answer_step(request, Writing(desk, {**said_of(found), **writing.said}, found), screen)


def said_of(meeting: Meeting) -> dict[str, str]:
    """The screens as the recorded meeting answers them, at its present version."""
    said = {
        "key": str(meeting.public_id), "kind": meeting.kind, "held_on": meeting.held_on.isoformat(),
        "said_present": str(meeting.said_present), "topic": meeting.topic, "place": meeting.place,
        "minutes": meeting.minutes, "resolutions": meeting.resolutions, "version": str(meeting.version),
    }  # fmt: skip
    if meeting.is_online:
        said["is_online"] = "on"
    for row in meeting.attendance.all():
        said[f"state_{row.person_id}"], said[f"reason_{row.person_id}"] = row.state, row.reason
    return said


def answer_step(request, writing: Writing, step: str):
    if step not in STEPS:
        raise Http404
    if step != "start" and not is_begun(writing):
        return HttpResponseRedirect(writing.url("start"))
    if drafts.SAVE in request.POST:
        writing.keep(drafts.fields_of(request.POST))
        messages.success(request, "存好了。以后打开“记会议”，接着写就行。")
        return HttpResponseRedirect(writing.url(step))
    try:
        return STEP_VIEWS[step](request, writing)
    except BusinessError as error:  # a draft that can never become a meeting
        messages.error(request, error.sentence)
        return HttpResponseRedirect(writing.url("start"))


def page(request, writing: Writing, step: str, context: dict, *, status: int = 200):
    number = STEPS.index(step)
    frame = {
        "step": number + 1, "steps": len(STEPS), "step_label": LABELS[step],
        "back": writing.url(STEPS[number - 1]) if number else "",
        "draft_url": drafts.address_of(writing.desk, FORM, writing.subject), "save_name": drafts.SAVE,
        "kind": MeetingKind(writing.said["kind"]).label if number else "", "meeting": writing.meeting,
        "held_on": writing.held_on if number else None,
    }  # fmt: skip
    return show(request, writing.desk, TEMPLATES[step], {**frame, **context}, status=status)


def start(request, writing: Writing):
    desk, said = writing.desk, writing.said
    kind = request.GET.get("kind", "")
    initial = {
        "kind": kind if kind in MeetingKind else MeetingKind.PARTY_DAY, "held_on": desk.today,
        **{name: said[name] for name in ("kind", "held_on", "said_present", "is_online") if said.get(name)},
    }  # fmt: skip
    form = StartForm(
        request.POST or None, organisation_kind=desk.organisation.kind, today=desk.today, initial=initial
    )  # fmt: skip
    there = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        there = same_day(desk.organisation, values["kind"], values["held_on"])
        if there is None or there.pk == getattr(writing.meeting, "pk", None) or "again" in request.POST:
            key = said.get("key") or str(uuid.uuid4())
            online = "on" if values["is_online"] else ""
            writing.keep([
                ("key", key), ("kind", values["kind"]), ("held_on", values["held_on"].isoformat()),
                ("said_present", str(values["said_present"])), ("is_online", online),
            ])  # fmt: skip
            return HttpResponseRedirect(writing.url("names"))
    status = 422 if form.errors or there else 200
    return page(request, writing, "start", {"form": form, "there": there}, status=status)


def names(request, writing: Writing):
    """The roll. A pasted 接龙 ticks; a count that differs from what was typed is shown and may be confirmed."""
    said = {**writing.said, **request.POST.dict()} if request.method == "POST" else writing.said
    rows = roll_rows(writing.template().seats, said)
    matched, mismatch, present = None, False, present_in(rows)
    if request.method == "POST":
        if "use_paste" in request.POST:
            matched = match_names(request.POST.get("paste", ""), {row.person_id: row.name for row in rows})
            ticked = {f"state_{pk}": HERE[0] for pk in matched.matched}
            rows = roll_rows(writing.template().seats, {**said, **ticked})
            present = present_in(rows)
        writing.keep([(row.field, row.state) for row in rows] + [(row.reason_field, row.reason) for row in rows])
        if matched is None:
            present_said = int(writing.said["said_present"])
            if "take_count" in request.POST:
                writing.keep([("said_present", str(present))])
            mismatch = present != present_said and not {"take_count", "keep_count"} & request.POST.keys()
            if not mismatch:
                return HttpResponseRedirect(writing.url("words"))
    online = bool(writing.said.get("is_online"))
    context = {
        "rows": rows, "marks": (MARKS[0], ONLINE, *MARKS[1:]) if online else MARKS, "present": present,
        "said_present": int(writing.said["said_present"]), "matched": matched, "mismatch": mismatch,
    }  # fmt: skip
    return page(request, writing, "names", context, status=422 if mismatch else 200)


def words(request, writing: Writing):
    template = writing.template()
    initial = {"place": template.place}
    initial |= {name: writing.said[name] for name in WordsForm.base_fields if name in writing.said}
    form = WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        writing.keep(form.cleaned_data.items())
        return HttpResponseRedirect(writing.url("review"))
    if template.topic_hint:
        form.fields["topic"].help_text = f"上一次的主题是“{template.topic_hint}”"
    context = {"form": form}
    return page(request, writing, "words", context, status=422 if form.errors else 200)


def review(request, writing: Writing):
    """Everything once more; the last button writes it."""
    if not writing.said.get("topic", "").strip():
        return HttpResponseRedirect(writing.url("words"))
    rows, form = writing.rows(), PortalForm(request.POST or None)
    if request.method == "POST":
        try:
            meeting = write(writing, rows)
        except BusinessError as error:
            form.is_valid()
            form.refuse(error)
        else:
            drafts.drop(writing.desk, FORM, writing.subject)
            return HttpResponseRedirect(
                reverse("branches:meeting", args=[writing.desk.organisation.public_id, meeting.public_id]) + "?saved=1"
            )
    groups = [
        (label, [row.words for row in rows if row.state == state]) for state, label in (MARKS[0], ONLINE, *MARKS[1:])
    ]
    context = {
        "form": form, "groups": [group for group in groups if group[1]], "said": writing.said,
        "present": present_in(rows), "expected": len(rows),
    }  # fmt: skip
    return page(request, writing, "review", context, status=422 if form.errors else 200)


def write(writing: Writing, rows) -> Meeting:
    said, before = writing.said, writing.meeting or writing.template()
    meeting = writing.meeting
    facts = MeetingFacts(
        key=writing.key, kind=said["kind"], held_on=writing.held_on, topic=said["topic"],
        said_present=int(said["said_present"]), attendance=marks_of(rows), held_at=before.held_at,
        place=said.get("place", ""), is_online=bool(said.get("is_online")),
        host=before.host.pk if before.host else None, recorder=before.recorder.pk if before.recorder else None,
        programme=before.programme, items=before.items, minutes=said.get("minutes", ""),
        resolutions=said.get("resolutions", ""), guests=meeting.guests if meeting else "",
        partners=list(meeting.partners.all()) if meeting else (),
        partner_names=meeting.partner_names if meeting else "",
    )  # fmt: skip
    if meeting is None:
        return record_meeting(writing.desk, facts)
    try:
        return change_meeting(writing.desk, meeting, facts, version=int(said.get("version", "0")))
    except StaleVersion as error:
        drafts.drop(writing.desk, FORM, writing.subject)
        raise BusinessError("刚有人改过这次会议。请回到会议页面，重新点“更正”。", code="stale") from error


STEP_VIEWS = {"start": start, "names": names, "words": words, "review": review}
