"""Invented cadres: consistent ages, ids, ranks, homes. The same seed gives the same people."""

import calendar
import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.common.birthday import lunar_of
from apps.common.citizen_id import check_digit

from .names import invent_name
from .places import ID_REGIONS

REFERENCE_DAY = datetime.date(2026, 11, 22)
# (post as typed, code of 领导职务层次 or none)
POSTS = (
    ("科员", "150"), ("一级主任科员", ""), ("副科长", "142"), ("科长", "141"), ("副局长", "132"), ("局长", "131"),
    ("二级调研员", ""), ("副主任医师", ""), ("高级教师", ""),
)  # fmt: skip
EDUCATION = ("80", "70", "60", "41", "30", "20", "10")
CATEGORIES = ("公务员", "参公", "事业", "工勤", "国企管理人员", "国企工人")
DIFFICULTIES = ("独居", "失能", "重病", "失独", "孤老")


@dataclass(slots=True)
class DemoPerson:
    name: str
    sex: str
    born: datetime.date
    citizen_id: str
    mobile: str
    landline: str
    unit_code: str
    retire_type: str
    retired_on: str
    work_start: str
    party_since: str
    political_status: str
    post: str
    leader_rank: str
    education: str
    category: str
    living: str
    calendar: str
    birthday: tuple[int, int, bool]
    deceased: str
    condition: str
    ability: int | None
    address: str
    hard_of_hearing: bool
    relative: tuple[str, str, str] | None = None
    difficulties: list[str] = field(default_factory=list)


class Inventor:
    """Makes people one after another; an id number is never made twice."""

    def __init__(self, seed: int, unit_codes: list[str]):
        self.rng = random.Random(seed)  # noqa: S311 (invented people, not secrets)
        self.unit_codes = unit_codes
        self.sequences: dict[tuple[str, datetime.date, str], int] = {}

    def people(self, count: int) -> Iterator[DemoPerson]:
        for number in range(count):
            yield self.person(veteran=number % 100 == 7)

    def person(self, *, veteran: bool) -> DemoPerson:
        rng = self.rng
        sex = "1" if rng.random() < 0.62 else "2"
        born = self._birth(veteran)
        age = REFERENCE_DAY.year - born.year
        work_year = rng.randint(1945, 1948) if veteran else born.year + rng.randint(17, 24)
        retire_year = 1985 if veteran else min(born.year + (60 if sex == "1" else 55), REFERENCE_DAY.year - 1)
        member = rng.random() < (0.93 if veteran else 0.51)
        post, rank = rng.choice(POSTS)
        solar = rng.random() > (0.75 if age >= 80 else 0.45)
        name = invent_name(rng, sex)
        return DemoPerson(
            name=name, sex=sex, born=born,
            citizen_id=self._citizen_id(born, sex),
            mobile=f"13900{rng.randint(0, 999999):06d}" if rng.random() < 0.86 else "",
            landline=f"0700{rng.randint(2000000, 8999999)}" if rng.random() < (0.6 if age >= 80 else 0.2) else "",
            unit_code=rng.choice(self.unit_codes),
            retire_type="veteran" if veteran else ("retired" if rng.random() < 0.985 else "ill_health"),
            retired_on=f"{retire_year}-{rng.randint(1, 12):02d}",
            work_start=f"{work_year}-{rng.randint(1, 9):02d}",
            party_since=f"{work_year + rng.randint(2, 15)}-{rng.randint(1, 12):02d}-01" if member else "",
            political_status="01" if member else "13",
            post=post, leader_rank=rank,
            education=rng.choice(EDUCATION), category=rng.choice(CATEGORIES),
            living=self._living(age),
            calendar="solar" if solar else "lunar",
            birthday=self._birthday(born, solar),
            deceased=self._death(age),
            condition=rng.choice(("10", "20", "31", "32", "37", "20", "30")) if rng.random() < 0.6 else "",
            ability=min(4, int(rng.random() ** 3 * 6)) if age >= 80 else None,
            address=f"{rng.choice(('河滨路', '朝阳路', '学府路', '南河街'))}{rng.randint(1, 200)}号"
            f"{rng.randint(1, 30)}栋{rng.randint(101, 1808)}室",
            hard_of_hearing=age >= 85 and rng.random() < 0.35,
            relative=self._relative(name) if rng.random() < 0.6 else None,
            difficulties=[rng.choice(DIFFICULTIES)] if rng.random() < 0.04 else [],
        )  # fmt: skip

    def _birth(self, veteran: bool) -> datetime.date:
        year = self.rng.randint(1926, 1932) if veteran else 1936 + int((self.rng.random() ** 0.6) * 31)
        month = self.rng.randint(1, 12)
        return datetime.date(year, month, self.rng.randint(1, calendar.monthrange(year, month)[1]))

    def _citizen_id(self, born: datetime.date, sex: str) -> str:
        start = self.rng.randrange(len(ID_REGIONS))
        for step in range(len(ID_REGIONS)):
            region = ID_REGIONS[(start + step) % len(ID_REGIONS)]
            key = (region, born, sex)
            used = self.sequences.get(key, 0)
            if used < 490:
                self.sequences[key] = used + 1
                first = f"{region}{born:%Y%m%d}{used * 2 + (1 if sex == '1' else 2):03d}"
                return first + check_digit(first)
        raise RuntimeError(f"no id number left for {born}")

    def _living(self, age: int) -> str:
        roll = self.rng.random()
        alone = 0.2 if age >= 80 else 0.08
        if roll < alone:
            return "alone"
        return self.rng.choices(
            ("spouse", "children", "nurse", "care_home", "hospital", "other"), weights=(52, 28, 6, 4, 1, 2)
        )[0]

    def _birthday(self, born: datetime.date, solar: bool) -> tuple[int, int, bool]:
        if solar:
            return born.month, born.day, False
        lunar = lunar_of(born)
        return lunar.month, lunar.day, lunar.is_leap

    def _death(self, age: int) -> str:
        if self.rng.random() > (0.06 if age >= 85 else 0.01):
            return ""
        return f"{self.rng.randint(2024, 2026)}-{self.rng.randint(1, 10):02d}-{self.rng.randint(1, 28):02d}"

    def _relative(self, name: str) -> tuple[str, str, str]:
        relation = self.rng.choice(("10", "20", "30", "30", "20", "97"))
        return name[0] + self.rng.choice("敏伟静磊婷军"), relation, f"13800{self.rng.randint(0, 999999):06d}"
