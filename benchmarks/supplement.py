"""A supplementary file on 25,000 people who are registered: 居住方式 by number, then by name, birth and unit; and what
follows at the next tick (duties planned anew, tiers suggested). Asked: preview and writing 5 s each, 250 MB.

Each run is what a worker does, in a process of its own; see import_roster for how the people come in.
"""

import tempfile
import time
from pathlib import Path

import xlsxwriter
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.ledgers.models import TierAdvice
from apps.ledgers.services.advice import plan_touched
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.portal.demo.people import Inventor
from apps.portal.demo.places import unit_tree
from apps.portal.demo.roster_file import write_roster
from apps.portal.demo.writing import write_places

from .import_roster import ROWS, SEED, bench_row, clear, in_test_database, our_run

ROUNDS = 3


def run() -> list[dict]:
    return in_test_database(measure)


def measure() -> list[dict]:
    clear()
    write_places()
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "名册.xlsx"
        tree = unit_tree()
        write_roster(roster, Inventor(SEED, [row[0] for row in tree]).people(ROWS), {row[0]: row[1] for row in tree})
        our_run(roster, "new")
        plan_touched(on=timezone.localdate())
        by_number, by_name, follows = [], [], []
        for turn in range(ROUNDS):
            path = Path(folder) / f"居住方式{turn}.xlsx"
            write_supplement(path, turn, by_name=False)
            by_number.append(our_run(path, "changed"))
            follows.append(_what_follows())
            write_supplement(path, turn + 1, by_name=True)
            by_name.append(our_run(path, "changed"))
            _what_follows()
    clear()
    return [
        bench_row("supplement by number: preview (asked: <= 5 s)", by_number, ("preview",)),
        bench_row("supplement by number: confirm (asked: <= 5 s)", by_number, ("confirm",)),
        bench_row("supplement by name, birth, unit: preview", by_name, ("preview",)),
        bench_row("supplement by name, birth, unit: confirm", by_name, ("confirm",)),
        bench_row("what follows at the tick: duties, advice", follows, ("tick",)),
    ]


def _what_follows() -> dict:
    started = time.perf_counter()
    planned = plan_touched(on=timezone.localdate())
    seconds = time.perf_counter() - started
    if planned != ROWS or not TierAdvice.objects.exists():
        raise RuntimeError(f"planned for {planned}")
    return {"tick": seconds, "peak_mb": 0}


def write_supplement(path: Path, turn: int, *, by_name: bool) -> None:
    """Everybody's living situation, another one each turn."""
    living = list(names_of("living").items())
    units = dict(Unit.objects.values_list("pk", "name"))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("补充")
    head = ["姓名", "出生日期", "单位", "居住方式"] if by_name else ["身份证号码", "居住方式"]
    sheet.write_row(0, 0, head)
    people = Person.objects.order_by("pk").select_related("cadre")
    for place, person in enumerate(people.iterator(2000), 1):
        now = next((at for at, (code, _) in enumerate(living) if code == person.cadre.living), -1)
        word = living[(now + 1 + turn % 2) % len(living)][1]
        who = [person.name, str(person.birth_date), units[person.cadre.managing_unit_id]]
        sheet.write_row(place, 0, [*(who if by_name else [person.citizen_id]), word])
    book.close()
