"""Forms of class groups: where one begins, the class itself, copying and publishing."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.organisation.queries import rule_values
from apps.signups.choices import Mode, RoundState
from apps.signups.models import Round
from apps.university.choices.schools import TeacherState
from apps.university.models import ClassGroup, Course, Room, School, Teacher, Term
from apps.university.rules.classes import WEEKDAYS, ClassRules, Slot, clock, read_span
from apps.university.services.classes import OWN, ClassFacts, slots_of

from .catalogue import MomentField
from .rooms import DAY

SLOTS = 3
FREE = "other"
DAYS = [("", "—"), *((str(number), f"周{day}") for number, day in enumerate(WEEKDAYS, 1))]


def rules_of(school: School | None, on: dt.date) -> ClassRules:
    return rule_values(ClassRules.rule_key, on=on, unit=school.unit if school else None)


class CourseChoice(forms.ModelChoiceField):
    def label_from_instance(self, course):
        return f"{course.school}　{course.name}"


class BeginForm(PortalForm):
    """What is opened, and when: the rest of the form is filled from it."""

    term = forms.ModelChoiceField(Term.objects.none(), label="学期", empty_label="（请选）")
    course = CourseChoice(Course.objects.none(), label="课程", empty_label="（请选）")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        terms = Term.objects.current().filter(ends_on__gt=today).order_by("-starts_on")
        schools = School.objects.visible_to(user, "university.add_classgroup").current()
        self.fields["term"].queryset = terms_for(terms, schools)
        self.fields["course"].queryset = (
            Course.objects.current()
            .filter(school__in=schools.order_by().values("pk"))
            .select_related("school")
            .order_by("school__position", "school", "name")
        )


def terms_for(terms, schools):
    """Terms that hold for schools: of their units or of units above."""
    units = {path for (path,) in schools.order_by().values_list("unit__path").distinct()}
    above = {path[:end] for path in units for end in range(4, len(path) + 1, 4)}
    return terms.filter(unit__path__in=sorted(above))


def _day(place: int) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"每周第 {place} 次", choices=DAYS, required=place == 1, error_messages={"required": "请选星期。"}
    )


def _time() -> forms.ChoiceField:
    return forms.ChoiceField(label="时间", required=False)


def _free() -> forms.CharField:
    widget = forms.TextInput(attrs={"placeholder": "9:00-10:30"})
    return forms.CharField(label="其他时间", required=False, max_length=20, widget=widget)


class ClassForm(RecordForm):
    """A class of a course in a term. Set by the admin: `course`, `term` of a new one."""

    capacity = forms.IntegerField(label="名额（计划招生）", min_value=1, max_value=2000)
    held_back = forms.IntegerField(
        label="留给窗口登记本的名额", min_value=0, required=False, help_text="网上和电话不能报这几个，放开以后才给"
    )
    last_on = forms.DateField(label="最后一次课", widget=DAY)
    mode = forms.ChoiceField(label="录取方式", choices=Mode.choices)
    opens_at = MomentField(label="开始报名", required=False, help_text="先报先得的填；抽签的按批次的时间")
    closes_at = MomentField(label="截止报名", required=False)
    round = forms.ModelChoiceField(
        Round.objects.none(), label="抽签批次", required=False, empty_label="（不抽签）", help_text="抽签的选一个"
    )

    day1, time1, free1 = _day(1), _time(), _free()
    day2, time2, free2 = _day(2), _time(), _free()
    day3, time3, free3 = _day(3), _time(), _free()

    class Meta:
        model = ClassGroup
        fields = (
            "code", "grade", "follows", "min_open", "age_from", "age_to", "needs_health", "fee", "room", "teacher",
            "second_teacher", "first_on", "note",
        )  # fmt: skip
        widgets = {"first_on": DAY}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "capacity" not in self.fields:
            return
        obj = self.instance
        self.rules = rules_of(obj.school, timezone.localdate())
        self._offer_times()
        self._narrow()
        if obj.pk is not None:
            self._fill()

    def _offer_times(self) -> None:
        usual = [(text, text.replace("-", "–")) for text in self.rules.slots]
        for place in range(1, SLOTS + 1):
            self.fields[f"time{place}"].choices = [("", "—"), *usual, (FREE, "其他时间")]

    def _narrow(self) -> None:
        school, course = self.instance.school, self.instance.course
        rooms = Room.objects.current().filter(campus__school=school, closed_on=None).select_related("campus")
        teachers = Teacher.objects.current().filter(school=school).select_related("person")
        working = teachers.filter(state__in=(TeacherState.HIRED, TeacherState.RESERVE))
        self.fields["room"].queryset = rooms
        self.fields["room"].label_from_instance = lambda room: f"{room.campus.name}{room.name}（{room.seats} 座）"
        for name in ("teacher", "second_teacher"):
            self.fields[name].queryset = working
            self.fields[name].label_from_instance = lambda teacher: f"{teacher}（{teacher.subjects}）"
        before = ClassGroup.objects.current().filter(course=course, term__starts_on__lt=self.instance.term.starts_on)
        self.fields["follows"].queryset = before.select_related("course", "term").order_by("-term__starts_on", "code")
        self.fields["follows"].label_from_instance = lambda one: f"{one.term}　{one}"
        self.fields["follows"].help_text = "续读的老生先进这个班；新班空着"
        open_rounds = Round.objects.filter(kind="class", state=RoundState.COLLECTING, voided_at=None)
        self.fields["round"].queryset = open_rounds.filter(unit__in=_units_above(school))

    def _fill(self) -> None:
        obj, offering = self.instance, self.instance.offering
        self.initial |= {
            "capacity": offering.places.capacity, "held_back": offering.places.held_back,
            "last_on": obj.until - dt.timedelta(1), "mode": offering.mode, "opens_at": _plain(offering.opens_at),
            "closes_at": _plain(offering.closes_at), "round": offering.round_id,
        }  # fmt: skip
        if offering.round_id:
            self.fields["round"].queryset |= Round.objects.filter(pk=offering.round_id)
        self.initial |= slot_values(slots_of(obj), self.rules)

    def clean(self):
        values = super().clean()
        self.slots = self._read_slots(values)
        if not self.slots and "day1" not in self.errors:
            self.add_error("day1", "请填每周上课时间。")
        if values.get("mode") == Mode.FIRST_COME and bool(values.get("opens_at")) != bool(values.get("closes_at")):
            self.add_error("closes_at", "开始报名和截止报名要一起填。")
        return values

    def _read_slots(self, values) -> tuple[Slot, ...]:
        found = []
        for place in range(1, SLOTS + 1):
            day, time, free = (values.get(f"{name}{place}") or "" for name in ("day", "time", "free"))
            if not day:
                if time or free:
                    self.add_error(f"day{place}", "请选星期。")
                continue
            text = free if time == FREE or (not time and free) else time
            if not text:
                self.add_error(f"time{place}", "请选时间。")
                continue
            try:
                found.append(Slot(int(day), *read_span(text)))
            except ValueError as error:
                self.add_error(f"free{place}", str(error))
        return tuple(sorted(found))

    def facts(self) -> ClassFacts:
        """What was typed, for the service."""
        values, obj = self.cleaned_data, self.instance
        own = {name: values[name] for name in OWN if name in values}
        return ClassFacts(
            **{
                **own, "term": obj.term, "school": obj.school, "course": obj.course, "capacity": values["capacity"],
                "held_back": values["held_back"] or 0, "slots": self.slots, "mode": Mode(values["mode"]),
                "until": values["last_on"] + dt.timedelta(1), "opens_at": values["opens_at"],
                "closes_at": values["closes_at"], "round": values["round"],
            }
        )  # fmt: skip


def slot_values(slots, rules: ClassRules) -> dict[str, str]:
    """Weekly times as values of the form's fields."""
    usual = {span: text for span, text in zip(rules.spans, rules.slots, strict=True)}
    values = {}
    for place, slot in enumerate(slots, 1):
        text = usual.get((slot.starts, slot.ends))
        values |= {
            f"day{place}": str(slot.weekday),
            f"time{place}": text or FREE,
            f"free{place}": "" if text else f"{clock(slot.starts)}-{clock(slot.ends)}",
        }
    return values


def _plain(moment):
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None


def _units_above(school: School) -> list[int]:
    path = school.unit.path
    above = [path[:end] for end in range(4, len(path) + 1, 4)]
    return list(type(school.unit).objects.filter(path__in=above).values_list("pk", flat=True))


class CopyForm(PortalForm):
    """Which term's classes go into which."""

    source = forms.ModelChoiceField(Term.objects.none(), label="照哪个学期", empty_label="（请选）")
    target = forms.ModelChoiceField(Term.objects.none(), label="开到哪个学期", empty_label="（请选）")
    school = forms.ModelChoiceField(School.objects.none(), label="哪所学校", empty_label="（请选）")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(user, "university.add_classgroup").current()
        terms = terms_for(Term.objects.current().select_related("unit"), schools)
        self.fields["source"].queryset = self.fields["target"].queryset = terms
        self.fields["school"].queryset = schools

    def clean(self):
        values = super().clean()
        source, target = values.get("source"), values.get("target")
        if source and target and source.starts_on >= target.starts_on:
            self.add_error("target", "要开到更晚的学期。")
        return values


class UploadForm(PortalForm):
    submit_label = "检查并导入"
    term = forms.ModelChoiceField(Term.objects.none(), label="学期", empty_label="（请选）")
    file = forms.FileField(
        label="文件", help_text=".xlsx、.xls 或 .csv，不超过 2 MB；有一格不对，整张表都不写入",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(user, "university.add_classgroup").current()
        terms = Term.objects.current().filter(ends_on__gt=timezone.localdate())
        self.fields["term"].queryset = terms_for(terms, schools)
