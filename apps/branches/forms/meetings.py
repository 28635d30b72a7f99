"""Screens of 记会议: when and how many, who, what was said. The services decide."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms

from apps.branches.choices import AttendanceState, MeetingKind
from apps.branches.rules.capability import able
from apps.branches.rules.meetings import NEEDS
from apps.branches.services import Mark, Seat
from apps.common.forms import PortalForm

from .memberships import DAY

MOST_PRESENT = 2000
EARLIEST = dt.date(1949, 10, 1)
MARKS = (
    (AttendanceState.PRESENT, "到会"),
    (AttendanceState.DELIVERY, "送学"),
    (AttendanceState.LEAVE, "请假"),
    (AttendanceState.ABSENT, "没来"),
)
ONLINE = (AttendanceState.ONLINE, "线上")
HERE = (AttendanceState.PRESENT, AttendanceState.ONLINE)
ELECTIONS = (MeetingKind.ELECTION,)  # recorded where the election is


class StartForm(PortalForm):
    submit_label = "下一步，点名"
    kind = forms.ChoiceField(label="什么会", widget=forms.RadioSelect)
    held_on = forms.DateField(label="哪一天", widget=DAY)
    said_present = forms.IntegerField(
        label="实到几个人", min_value=0, max_value=MOST_PRESENT, help_text="先写人数，下一步再点名字，对得上才放心。",
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    is_online = forms.BooleanField(label="有人在线上参加", required=False)

    def __init__(self, *args, organisation_kind: str, today: dt.date, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.value, kind.label)
            for kind in MeetingKind
            if kind not in ELECTIONS and (kind not in NEEDS or able(organisation_kind, NEEDS[kind]))
        ]

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > self.today:
            raise forms.ValidationError("日期不能晚于今天。开完会再来记。")
        if day < EARLIEST:
            raise forms.ValidationError("日期太早了，请核对年份。")
        return day


class WordsForm(PortalForm):
    submit_label = "下一步，看一遍"
    topic = forms.CharField(label="主题", max_length=120)
    place = forms.CharField(label="地点", required=False, max_length=80)
    minutes = forms.CharField(
        label="会议记录", required=False, max_length=50_000, widget=forms.Textarea({"rows": 10}),
        help_text="可以用手机的语音输入，也可以从微信里粘贴过来。",
    )  # fmt: skip
    resolutions = forms.CharField(
        label="定了什么事", required=False, max_length=5_000, widget=forms.Textarea({"rows": 3})
    )


@dataclass(frozen=True)
class RollRow:
    """One line of the roll as the page shows it."""

    person_id: int
    name: str
    state: str
    reason: str
    frail: bool

    @property
    def field(self) -> str:
        return f"state_{self.person_id}"

    @property
    def reason_field(self) -> str:
        return f"reason_{self.person_id}"

    @property
    def words(self) -> str:
        """The name, with the reason of a leave."""
        told = self.reason.strip() if self.state == AttendanceState.LEAVE else ""
        return f"{self.name}（{told}）" if told else self.name


def roll_rows(seats: Iterable[Seat], said: Mapping[str, str]) -> list[RollRow]:
    """The roll: what was said on the page before, else what each row starts from."""
    rows = []
    for seat in seats:
        state = said.get(f"state_{seat.person.pk}", "")
        known = state in AttendanceState
        reason = said.get(f"reason_{seat.person.pk}", seat.reason)
        rows.append(RollRow(seat.person.pk, seat.person.name, state if known else seat.state, reason, seat.frail))
    return rows


def marks_of(rows: Iterable[RollRow]) -> dict[int, Mark]:
    return {row.person_id: Mark(row.state, row.reason if row.state == AttendanceState.LEAVE else "") for row in rows}


def present_in(rows: Iterable[RollRow]) -> int:
    return sum(row.state in HERE for row in rows)
