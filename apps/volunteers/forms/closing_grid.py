"""The grid in which a shift is closed, for staff and for the leader alike."""

from collections.abc import Iterable

from django.utils import timezone

from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift
from apps.volunteers.queries.turns import draft_of, turns_of
from apps.volunteers.rules.times import clock, length_words
from apps.volunteers.services.closing import Closed, Line, close_shift
from apps.volunteers.services.line_refusals import LineRefusals

from .shifts import CloseLine

FIELDS = ("来了没有", "开始", "结束", "时长（分钟）", "改少的原因")


class CloseGrid:
    """A form for each turn, filled from what was signed."""

    fields = FIELDS
    columns = ("姓名", "签到签退")

    def __init__(self, shift: Shift, data=None):
        self.shift, self.sentence, self.has_errors = shift, "", False
        self.turns = list(turns_of(shift))
        self.drafts = {turn.pk: draft_of(turn, shift) for turn in self.turns}
        self.rest_came = data is not None and "rest" in data
        self.forms = {
            turn.pk: CloseLine(data, prefix=f"t{turn.pk}", initial=self._initial(turn)) for turn in self.turns
        }  # fmt: skip

    def _initial(self, turn) -> dict:
        draft = self.drafts[turn.pk]
        times = {"starts": draft.starts, "ends": draft.ends} if draft.came else {}
        if not draft.came and turn.state == TurnState.EXPECTED:
            times = {"starts": self.shift.starts, "ends": self.shift.ends}
        return {"state": turn.state, **times}

    def is_valid(self) -> bool:
        self.has_errors = not all([form.is_valid() for form in self.forms.values()])
        return not self.has_errors

    def close(self, *, actor, now) -> Closed:
        lines = {pk: self._line(form.cleaned_data) for pk, form in self.forms.items()}
        return close_shift(self.shift, lines, actor=actor, now=now)

    def _line(self, values: dict) -> Line:
        """Of those nothing was said of, the second button says that they came."""
        left_open = self.rest_came and values["state"] == TurnState.EXPECTED
        return Line(**{**values, "state": TurnState.CAME} if left_open else values)

    def refuse(self, refusal) -> None:
        """Sentences of lines at their lines; others above."""
        self.has_errors, self.sentence = True, refusal.sentence
        if isinstance(refusal, LineRefusals):
            for pk, sentence in refusal.lines.items():
                if pk in self.forms:
                    self.forms[pk].add_error(None, sentence)

    def rows(self) -> Iterable[dict]:
        for turn in self.turns:
            name, draft = turn.volunteer.person.name, self.drafts[turn.pk]
            yield {
                "name": name, "cells": [name, signed_words(turn)], "form": self.forms[turn.pk],
                "note": "没有签退，请问他几点走的" if draft.forgot else "", "tone": "soon" if draft.forgot else "",
            }  # fmt: skip

    def done_words(self, closed: Closed) -> str:
        rest = f"其中 {closed.waiting} 位的时长等别人确认（自己的不能自己确认）。" if closed.waiting else ""
        return f"登记好了：来了 {closed.served} 位。{rest}"

    @property
    def length(self) -> str:
        first, last = self.shift.starts, self.shift.ends
        return f"{clock(first)}到{clock(last)}，一共{length_words(last - first)}"


def signed_words(turn) -> str:
    """来 8:55，走 11:02 as it was signed."""
    if turn.came_at is None:
        return "没有签到"
    return f"来 {_time(turn.came_at)}" + (f"，走 {_time(turn.left_at)}" if turn.left_at else "")


def _time(moment) -> str:
    return timezone.localtime(moment).strftime("%H:%M")
