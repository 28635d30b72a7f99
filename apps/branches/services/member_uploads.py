"""What each row of a list of members would do, and writing it: joins, groups, posts, empty dates; never a transfer."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.access import organisations_open_to
from apps.branches.choices import Level, Link
from apps.branches.models import Membership, MemberUpload, Organisation, Post
from apps.branches.rules import Capability, able, default_link, not_a_member, refusal, wrong_link
from apps.common import attachments, audit, crypto
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.registry.registers.lists import Line, Lines, refused_rows
from apps.registry.roster.nearest import Nearest
from apps.registry.roster.readers import fold

from .member_reading import LABELS, read_members
from .memberships import appoint

ADD = "branches.add_membership"
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
DATES = {"joined": "joined_party_on", "full": "full_member_on"}


@dataclass(slots=True)
class Row:
    """A line as judged. `changes` are words; what they mean is in the other fields. The first three are set by the step
    that finds them; a row whose line has a fault may lack them."""

    line: Line
    person: Person = field(init=False, repr=False)
    organisation: Organisation = field(init=False, repr=False)
    starts_on: dt.date = field(init=False, repr=False)
    verdict: str = UNCHANGED
    group: Organisation | None = None
    link: str = Link.FORMAL
    joins: bool = False
    regroups: Membership | None = None
    post: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Judged:
    lines: Lines
    rows: list[Row]

    @property
    def counts(self) -> Counter:
        return Counter(row.verdict for row in self.rows)


def receive(data: bytes, filename: str, *, since: dt.date, actor) -> MemberUpload:
    """Keep an uploaded list after a first look; raises BusinessError where the file as a whole cannot be taken."""
    if since > timezone.localdate():
        raise BusinessError("转入日期不能晚于今天。", code="future", field="since")
    read_members(data, filename, today=timezone.localdate())
    with transaction.atomic():
        upload = attachments.store(
            data, subject="branches.memberupload", purpose="党员名单", filename=filename, actor=actor
        )
        batch = MemberUpload.objects.create(upload=upload, since=since, uploaded_by=actor)
        audit.record("members.upload", actor=actor, target=f"branches.memberupload:{batch.pk}")
    return batch


def judge(batch: MemberUpload, user) -> Judged:
    """Every row against what stands now. Raises BusinessError when the file was purged."""
    today = timezone.localdate()
    try:
        data = attachments.read(batch.upload)
    except FileNotFoundError:
        raise BusinessError("文件已按保留期清除，请重新上传。", code="purged") from None
    lines = read_members(data, batch.upload.filename, today=today)
    judge_of = _Judge(lines, user, batch.since, today)
    rows = [judge_of.row(line) for line in lines.rows]
    _refuse_doubles(rows, lines.at)
    return Judged(lines, rows)


class _Judge:
    """Everything is asked once a file: organisations, people, their links and posts."""

    def __init__(self, lines: Lines, user, since: dt.date, today: dt.date) -> None:
        self.at, self.since, self.today = lines.at, since, today
        standing = list(Organisation.objects.filter(dissolved_on__isnull=True, voided_at__isnull=True))
        self.organisations: dict[str, Organisation] = {}
        for one in standing:
            for name in (one.short_name, one.name):
                if name:
                    self.organisations[fold(name)] = one
        self.by_path = {one.path: one for one in standing}
        self.groups: dict[tuple[str, str], Organisation] = {
            (one.path[: -Organisation.steplen], fold(name)): one
            for one in standing if one.level == Level.GROUP for name in (one.short_name, one.name) if name
        }  # fmt: skip
        self.mine = set(organisations_open_to(user, ADD).values_list("pk", flat=True))
        branches = [one.name for one in standing if one.pk in self.mine and one.level == Level.BRANCH]
        self.nearest = Nearest({name: place for place, name in enumerate(branches)})
        self._load_people(lines, user)

    def _load_people(self, lines: Lines, user) -> None:
        visible = Cadre.objects.visible_to(user, ADD).filter(voided_at__isnull=True, person__voided_at__isnull=True)
        ids = [
            crypto.blind_index("citizen_id", line.values["citizen_id"].number)
            for line in lines.rows if "citizen_id" in line.values
        ]  # fmt: skip
        names = {line.values["name"] for line in lines.rows if "name" in line.values}
        found = list(visible.filter(person__citizen_id_index__in=ids).select_related("person"))
        found += list(visible.filter(person__name__in=names).select_related("person"))
        self.cadres = {cadre.pk: cadre for cadre in found}
        self.by_id = {
            bytes(one.person.citizen_id_index): one for one in self.cadres.values() if one.person.citizen_id_index
        }
        self.by_name: dict[str, list[Cadre]] = defaultdict(list)
        for cadre in self.cadres.values():
            self.by_name[cadre.person.name].append(cadre)
        self.links: dict[int, list[Membership]] = defaultdict(list)
        rows = Membership.objects.filter(person_id__in=self.cadres, ends_on__isnull=True, voided_at__isnull=True)
        for link in rows.select_related("organisation"):
            self.links[link.person_id].append(link)
        posts = Post.objects.filter(person_id__in=self.cadres, ends_on__isnull=True, voided_at__isnull=True)
        self.posts = set(posts.values_list("person_id", "organisation_id", "kind"))

    def row(self, line: Line) -> Row:
        row = Row(line)
        for step in (self._person, self._organisation, self._link, self._membership, self._dates, self._post):
            if not line.faults:
                step(row)
        if line.faults:
            row.verdict, row.changes = REFUSED, []
        elif row.joins:
            row.verdict = NEW
        elif row.changes:
            row.verdict = CHANGED
        return row

    def _fault(self, row: Row, key: str, sentence: str) -> None:
        row.line.faults[self.at.get(key, self.at["name"])] = sentence

    def _person(self, row: Row) -> None:
        """By citizen id, whose name must agree; else by name and birth, where that is one person."""
        values = row.line.values
        if "citizen_id" in values:
            cadre = self.by_id.get(crypto.blind_index("citizen_id", values["citizen_id"].number))
            if cadre is None:
                self._fault(row, "citizen_id", "您管理的老干部里没有这个身份证号。请先登记这个人，或核对号码。")
            elif cadre.person.name != values["name"]:
                self._fault(row, "name", f"这个身份证号登记的姓名是“{cadre.person.name}”，请核对。")
            else:
                row.person = cadre.person
            return
        if "birth" not in values:
            self._fault(row, "name", "身份证号和出生日期至少填一样。")
            return
        same = [one for one in self.by_name.get(values["name"], []) if _same_birth(one, values["birth"])]
        if len(same) == 1:
            row.person = same[0].person
        elif same:
            self._fault(row, "name", "有几位同名、同出生日期的，请填身份证号。")
        else:
            self._fault(row, "name", "您管理的老干部里没有这个姓名和出生日期的人。请先登记，或核对。")

    def _organisation(self, row: Row) -> None:
        text = row.line.values["branch"]
        found = self.organisations.get(fold(text))
        if found is None or found.pk not in self.mine:
            near = "、".join(name for _, name in self.nearest.to(text))
            words = f"“{text[:40]}”不在您的管理范围内。" if found else f"没有叫“{text[:40]}”的党支部。"
            self._fault(row, "branch", words + (f"是不是：{near}？" if near else ""))
            return
        row.organisation = found
        if name := row.line.values.get("group"):
            row.group = self.groups.get((row.organisation.path, fold(name)))
            if row.group is None:
                self._fault(row, "group", f"这个支部没有叫“{name[:40]}”的党小组。")

    def _link(self, row: Row) -> None:
        one = row.organisation
        row.link = row.line.values.get("link") or default_link(one.kind)
        if row.link == Link.FORMAL and not able(one.kind, Capability.FORMAL_LINK):
            self._fault(row, "link", refusal(one.kind, Capability.FORMAL_LINK))
        elif sentence := wrong_link(one.kind, one.level, row.link):
            self._fault(row, "link" if "link" in self.at else "branch", sentence)

    def _membership(self, row: Row) -> None:
        row.starts_on = dt.date.fromisoformat(row.line.values.get("since") or f"{self.since}")
        if row.starts_on > self.today:
            self._fault(row, "since", "转入日期晚于今天，到那天再登记。")
            return
        held = self.links[row.person.pk]
        same = next((link for link in held if link.organisation_id == row.organisation.pk), None)
        if same is not None:
            self._standing_link(row, same)
            return
        living = row.person.life_status == LifeStatus.LIVING
        if row.link == Link.FORMAL and (sentence := not_a_member(row.person.political_status, is_living=living)):
            self._fault(row, "name", sentence)
            return
        elsewhere = next((link for link in held if link.link == Link.FORMAL), None)
        if row.link == Link.FORMAL and elsewhere is not None:
            self._fault(row, "branch", f"他的正式组织关系在“{elsewhere.organisation}”，要办组织关系转接。")
            return
        row.joins = True
        row.changes.append(f"加入{row.organisation}（{Link(row.link).label}，{row.starts_on} 起）")

    def _standing_link(self, row: Row, same: Membership) -> None:
        if same.link != row.link:
            self._fault(row, "link", f"他在这里登记的是“{same.get_link_display()}”，请先结束原来的再登记。")
        elif row.group is not None and same.group_id != row.group.pk:
            row.regroups = same
            row.changes.append(f"党小组改为{row.group}")

    def _dates(self, row: Row) -> None:
        """An empty date is filled in; one that differs is somebody's to look at."""
        cadre = self.cadres[row.person.pk]
        for key, name in DATES.items():
            typed, known = row.line.values.get(key), getattr(cadre, name)
            if not typed or str(known or "") == typed:
                continue
            if known:
                self._fault(row, key, f"登记的{LABELS[key]}是 {known}，请核对后在他的页面里改。")
            else:
                row.dates[name] = typed
                row.changes.append(f"{LABELS[key]}补为 {typed}")

    def _post(self, row: Row) -> None:
        kind = row.line.values.get("post", "")
        if kind and (row.person.pk, row.organisation.pk, kind) not in self.posts:
            row.post = kind
            row.changes.append(f"任{kind.label}")


def _same_birth(cadre: Cadre, typed: str) -> bool:
    """To the precision that both have; a year alone tells nobody apart."""
    known = str(cadre.person.birth_date or "")
    shorter = min(len(known), len(typed))
    return shorter >= len("1949-09") and known[:shorter] == typed[:shorter]


def _refuse_doubles(rows: list[Row], at: dict[str, int]) -> None:
    """Two lines of one person in one branch, or in two by the formal relation, would fight: both are refused."""
    first: dict[tuple, Row] = {}
    for row in rows:
        if row.verdict == REFUSED:
            continue
        keys: list[tuple] = [(row.person.pk, row.organisation.pk)]
        if row.link == Link.FORMAL:
            keys.append((row.person.pk, Link.FORMAL))
        for key in keys:
            other = first.setdefault(key, row)
            if other is row:
                continue
            for one, another in ((row, other), (other, row)):
                one.verdict, one.changes = REFUSED, []
                one.line.faults[at["name"]] = f"和第 {another.line.number} 行是同一个人，请只留一行。"


@transaction.atomic
def apply(batch: MemberUpload, *, actor) -> int:
    """Write the rows that can be taken; gives how many. Applied already: 0, nothing happens. All or nothing."""
    batch = MemberUpload.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.applied_at:
        return 0
    rows = [row for row in judge(batch, actor).rows if row.verdict in (NEW, CHANGED)]
    if not rows:
        raise BusinessError("这张表里没有要写入的内容。", code="nothing")
    _join([row for row in rows if row.joins])
    for row in rows:
        if row.regroups is not None:
            row.regroups.group = row.group
            row.regroups.save(update_fields=["group"])
        if row.dates:
            Cadre.objects.filter(pk=row.person.pk).update(**row.dates)
    for row in rows:
        if row.post:
            _appoint(row, actor)
    batch.applied_at, batch.written = timezone.now(), len(rows)
    batch.save(update_fields=["applied_at", "written"])
    audit.record(
        "members.import", actor=actor, people=sorted({row.person.pk for row in rows}),
        fields=sorted({name for row in rows for name in row.dates}), target=f"branches.memberupload:{batch.pk}",
    )  # fmt: skip
    return len(rows)


def _join(rows: list[Row]) -> None:
    try:
        with transaction.atomic():
            Membership.objects.bulk_create(
                Membership(
                    person=row.person, organisation=row.organisation, group=row.group, link=row.link,
                    starts_on=row.starts_on, reason_in="名单导入",
                )
                for row in rows
            )  # fmt: skip
    except IntegrityError as error:
        raise BusinessError("刚有人改了其中几位的组织关系，请重新上传看最新的情况。", code="concurrent") from error


def _appoint(row: Row, actor) -> None:
    try:
        appoint(row.person, row.organisation, kind=row.post, on=row.starts_on, actor=actor)
    except BusinessError as refusal:
        raise BusinessError(f"第 {row.line.number} 行的职务：{refusal.sentence}", code="post") from refusal


def refused_list(judged: Judged) -> bytes:
    """The rows that were refused, under their header, with the reasons."""
    return refused_rows(judged.lines, [row.line for row in judged.rows if row.verdict == REFUSED])
