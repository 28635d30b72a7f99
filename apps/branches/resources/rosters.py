"""党员花名册 and 班子成员名册: the usual columns, in a named order that the heading says (domain 0, 4.3 table 7)."""

import datetime as dt
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.http import FileResponse
from django.utils import timezone

from apps.branches.choices import Link
from apps.branches.models import Membership, Organisation, Post
from apps.branches.queries import open_posts, subtree_ids
from apps.branches.queries.standing import ORDER_OF_POSTS
from apps.branches.rules.belonging import PROBATIONARY
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.workbook.writer import write_sheet
from apps.people.models import Person
from apps.people.queries import reach_of
from apps.registry.models import Cadre

MOST = 3000
ORDERS = {"strokes": "姓氏笔画", "posts": "职务"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEMBER_COLUMNS = (
    "序号", "姓名", "性别", "民族", "出生年月", "文化程度", "参加工作", "入党时间", "转正时间", "党员类别",
    "组织关系", "原职务（职级）", "党内职务", "党小组", "联系电话", "备注",
)  # fmt: skip
COMMITTEE_COLUMNS = (
    "序号", "党组织", "职务", "姓名", "性别", "出生年月", "文化程度", "入党时间", "原职务（职级）", "任职日期",
    "产生方式", "任期到", "文号", "联系电话", "备注",
)  # fmt: skip


@dataclass
class Roster:
    """A table ready to be printed or written. `people` are those whose facts it shows, for the audit; `left_out` how
    many are not in the reader's charge."""

    title: str
    columns: tuple[str, ...]
    rows: list[list] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    order: str = ""
    scope: str = ""
    left_out: int = 0
    with_phones: bool = False


@dataclass(frozen=True)
class Reader:
    """Who reads a roster: whose facts he may see (None: everybody in it), and whose phone."""

    sees: Callable[[Collection[int]], set[int]] | None = None
    phones: Callable[[Collection[int]], set[int]] | None = None


def member_roster(organisation: Organisation, on: dt.date, reader: Reader, *, order: str = "strokes") -> Roster:
    """Members of an organisation and all below it on a day. `order` is a key of ORDERS, by post the rest by strokes.

    More than MOST are refused with a sentence.
    """
    order = order if order in ORDERS else "strokes"
    ids = subtree_ids([organisation]) or {organisation.pk}
    links = list(
        Membership.objects.current(on)
        .filter(organisation_id__in=sorted(ids))
        .select_related("person", "organisation", "group")
        .order_by("organisation__path", "person__name_stroke_key", "person_id")[: MOST + 1]
    )
    if len(links) > MOST:
        raise BusinessError(f"超过 {MOST:,} 人，一次印不下。请到下面的党组织分别打印。", code="too_many")
    posts: dict[int, list[Post]] = {}
    for found in open_posts(ids, on).values():
        for post in found:
            posts.setdefault(post.person_id, []).append(post)
    if order == "posts":
        first = {pk: min(ORDER_OF_POSTS[post.kind] for post in held) for pk, held in posts.items()}
        links.sort(key=lambda link: (link.organisation.path, first.get(link.person_id, len(ORDER_OF_POSTS))))
    facts = _Facts([link.person for link in links], on, reader)
    several = len({link.organisation_id for link in links}) > 1
    roster = Roster(
        f"{organisation.name}党员花名册", ("序号", "党支部", *MEMBER_COLUMNS[1:]) if several else MEMBER_COLUMNS,
        order=ORDERS[order], people=sorted(facts.seen), left_out=len(links), with_phones=bool(facts.phones),
    )  # fmt: skip
    for link in links:
        if link.person_id not in facts.seen:
            continue
        held = "、".join(post.get_kind_display() for post in posts.get(link.person_id, ()))
        line = facts.of(link.person)
        kind = _category(link, line, on)
        row = [
            len(roster.rows) + 1, *([link.organisation.short_name or link.organisation.name] if several else []),
            line.name, line.sex, line.ethnicity, line.born, line.education, line.work_start, line.joined, line.full,
            kind, link.get_link_display(), line.former_post, held, link.group.name if link.group else "",
            line.phone, "",
        ]  # fmt: skip
        roster.rows.append(row)
    roster.left_out -= len(roster.rows)
    formal = sum(link.link == Link.FORMAL for link in links)
    roster.scope = f"党员 {formal} 名" + (f"，另有其他组织关系 {len(links) - formal} 名" if formal < len(links) else "")
    return roster


def committee_roster(organisation: Organisation, on: dt.date, reader: Reader) -> Roster:
    """Who serves in an organisation and all below it on a day, in the order of posts."""
    ids = subtree_ids([organisation]) or {organisation.pk}
    held = open_posts(ids, on)
    standing = list(Organisation.objects.filter(pk__in=held).order_by("path"))
    facts = _Facts([post.person for found in held.values() for post in found], on, reader)
    roster = Roster(
        f"{organisation.name}班子成员名册", COMMITTEE_COLUMNS, order="党组织、职务", people=sorted(facts.seen),
        with_phones=bool(facts.phones),
    )  # fmt: skip
    for one in standing:
        for post in held[one.pk]:
            if post.person_id not in facts.seen:
                roster.left_out += 1
                continue
            line = facts.of(post.person)
            roster.rows.append([
                len(roster.rows) + 1, one.short_name or one.name, post.get_kind_display(), line.name, line.sex,
                line.born, line.education, line.joined, line.former_post, f"{post.starts_on:%Y-%m-%d}",
                post.get_how_display(), f"{post.term_ends_on:%Y-%m-%d}" if post.term_ends_on else "",
                post.document_no, line.phone, "",
            ])  # fmt: skip
    roster.scope = f"{len(roster.rows)} 人次"
    return roster


def workbook_of(roster: Roster, *, notes: list[tuple[str, str]]) -> bytes:
    """The roster as .xlsx, the order in its title."""
    stream = io.BytesIO()
    write_sheet(
        stream, f"{roster.title}（按{roster.order}排列）", roster.columns, roster.rows, text_columns=("联系电话",),
        sheet_name=roster.title[-6:], notes=notes,
    )  # fmt: skip
    return stream.getvalue()


def roster_file(request, roster: Roster) -> FileResponse:
    """The roster as a download that says who took it out, when and what it holds; the caller has logged it."""
    now = timezone.localtime()
    notes = [
        ("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"), ("排列", f"按{roster.order}"),
        ("范围", roster.scope), ("提醒", "含个人信息，按用途使用，用完删除。"),
    ]  # fmt: skip
    name = f"{roster.title}（按{roster.order}）{now:%Y%m%d}.xlsx"
    return FileResponse(
        io.BytesIO(workbook_of(roster, notes=notes)), as_attachment=True, filename=name, content_type=XLSX
    )


@dataclass(frozen=True)
class _Line:
    name: str
    sex: str
    born: str
    ethnicity: str = ""
    education: str = ""
    work_start: str = ""
    joined: str = ""
    full: str = ""
    former_post: str = ""
    phone: str = ""


class _Facts:
    """What a roster says of each person, read once."""

    def __init__(self, people: list[Person], on: dt.date, reader: Reader) -> None:
        ids = {person.pk for person in people}
        self.seen = ids if reader.sees is None else ids & reader.sees(ids)
        self.phones = self.seen & reader.phones(self.seen) if reader.phones else set()
        self.cadres = {row.pk: row for row in Cadre.objects.filter(pk__in=self.seen)}
        self.reach = reach_of(self.phones, with_phones=self.phones, on=on) if self.phones else {}
        self.education, self.ethnicity = names_of("education"), names_of("ethnicity")

    def of(self, person: Person) -> _Line:
        cadre, reach = self.cadres.get(person.pk), self.reach.get(person.pk)
        numbers = reach.numbers if reach else ()
        return _Line(
            name=person.name, sex=person.get_sex_display(), born=_month(person.birth_date),
            ethnicity=self.ethnicity.get(person.ethnicity, ""),
            education=self.education.get(cadre.education, "") if cadre else "",
            work_start=_month(cadre.work_start) if cadre else "",
            joined=str(cadre.joined_party_on or "") if cadre else "",
            full=str(cadre.full_member_on or "") if cadre else "",
            former_post=cadre.former_post if cadre else "", phone=numbers[0].shown if numbers else "",
        )  # fmt: skip


def _month(value) -> str:
    return str(value)[:7].replace("-", ".") if value else ""


def _category(link: Membership, line: _Line, on: dt.date) -> str:
    if link.link != Link.FORMAL:
        return ""
    waiting = link.person.political_status == PROBATIONARY or line.full > f"{on:%Y-%m-%d}"
    return "预备党员" if waiting else "正式党员"
