"""A roster of 25,000 people × 16 columns in the real template: preview, confirm, then the same file again (design 7).

Ours is what a worker does, in a process of its own, with encryption, audit, history triggers and every check on; its
peak is the process and its parsing child together. The floor is calamine, checks of id, date and unit, and COPY of
the same finished rows into empty tables with the same indexes: key and cipher work is left out of it. The peer is
stock django-import-export on the person table alone, load, dry run and import, without its HTML.

Works in a database of its own (`test_…`, kept between runs), where audit rows may be emptied. IMPORT_PEER_ROWS takes
fewer rows for the peer; the row then says how many and compares per row.
"""

import datetime as dt
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import openpyxl
from django.core.files.storage import default_storage
from django.db import connection
from import_export import fields, resources, widgets
from python_calamine import CalamineWorkbook
from tablib import Dataset

from apps.common import crypto
from apps.common.citizen_id import check_digit
from apps.common.code_lists import codes_by_name
from apps.common.models import Attachment
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.portal.demo.people import Inventor
from apps.portal.demo.places import unit_tree
from apps.portal.demo.roster_file import write_roster
from apps.portal.demo.writing import write_places
from apps.registry.models import Cadre

ROWS = 25_000
ROUNDS = 3
SEED = 20_261_122
TABLES = ("people_person", "registry_cadre", "people_phone")
HEADER_ROWS = 4


def in_test_database(measure: Callable[[], list[dict]]) -> list[dict]:
    """Measure in a database of its own, beside the one that was named; in that one where it is a test's already."""
    name = connection.settings_dict["NAME"]
    if name.startswith("test_"):
        return measure()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True, serialize=False)
    try:
        return measure()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=True)


def run() -> list[dict]:
    return in_test_database(measure)


def measure() -> list[dict]:
    clear()
    write_places()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名册.xlsx"
        tree = unit_tree()
        people = Inventor(SEED, [row[0] for row in tree]).people(ROWS)
        write_roster(path, people, {row[0]: row[1] for row in tree})
        first, again, floors = [], [], []
        for _ in range(ROUNDS):
            clear()
            first.append(our_run(path, "new"))
            floors.append(floor_run(path))
            again.append(our_run(path, "unchanged"))
        clear()
        peer_rows = min(ROWS, int(os.environ.get("IMPORT_PEER_ROWS", ROWS)))
        peer = peer_run(path, peer_rows) * ROWS / peer_rows
    clear()
    return rows_of(first, again, statistics.median(floors), peer, peer_rows)


def rows_of(first: list[dict], again: list[dict], floor: float, peer: float, peer_rows: int) -> list[dict]:
    peer_name = f"django-import-export {version('django-import-export')}"
    if peer_rows < ROWS:
        peer_name += f", {peer_rows} rows scaled up"
    return [
        bench_row("roster: preview + confirm (asked: <= 4)", first, ("preview", "confirm"), floor, peer_name, peer),
        bench_row("roster: preview (asked: <= 5 s)", first, ("preview",)),
        bench_row("roster: confirm (asked: <= 5 s)", first, ("confirm",)),
        bench_row("roster: the same file again (asked: <= 2)", again, ("preview", "confirm"), floor),
    ]


def bench_row(work: str, runs: list[dict], steps: tuple, floor=None, peer=None, peer_s=None) -> dict:
    """The median of `runs` over the sum of `steps`, beside what it is compared with."""
    seconds = statistics.median(sum(one[step] for step in steps) for one in runs)
    return {
        "work": work,
        "rows": ROWS,
        "ours_s": round(seconds, 2),
        "floor_s": round(floor, 2) if floor else None,
        "ratio": round(seconds / floor, 2) if floor else None,
        "peer": peer,
        "peer_s": round(peer_s, 1) if peer_s else None,
        "peer_ratio": round(peer_s / seconds, 1) if peer_s else None,
        "peak_mb": max(one["peak_mb"] for one in runs),
    }


# --- ours -----------------------------------------------------------------------------------------------------------


def our_run(path: Path, kind: str) -> dict:
    """In a fresh process, as a worker would: seconds of each step, and the peak of the process with its children."""
    settings = connection.settings_dict
    env = os.environ | {"DATABASE_URL": _address(settings)}
    env.pop("DATABASE_OWNER_URL", None)
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._import_roster_once", str(path), kind, str(ROWS)],
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )
    watch = _Watch(child.pid)
    out, _ = child.communicate()
    watch.stop()
    if child.returncode:
        raise RuntimeError("the import failed")
    return {**json.loads(out.splitlines()[-1]), "peak_mb": watch.peak_mb}


def _address(settings: dict) -> str:
    host = f"{settings['HOST'] or 'localhost'}:{settings['PORT'] or 5432}"
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{host}/{settings['NAME']}"


class _Watch:
    """Samples the memory of a process and its children, shared pages counted once a process."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak_mb, self._on = pid, 0, True
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while self._on:
            self.peak_mb = max(self.peak_mb, sum(map(_resident, _family(self.pid))) // 1024)
            time.sleep(0.01)

    def stop(self) -> None:
        self._on = False
        self._thread.join()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    """KB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


# --- the floor ------------------------------------------------------------------------------------------------------


def floor_run(path: Path) -> float:
    """Rows of our last import, finished, go into empty tables of the same shape; reading and checks are timed too."""
    finished = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            stream = io.BytesIO()
            cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", stream)
            finished[table] = stream.getvalue()
            cursor.execute(f"DROP TABLE IF EXISTS floor_{table}")
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        units = set(Unit.objects.values_list("name", flat=True))
        started = time.perf_counter()
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        good = sum(_is_good(row, units) for row in sheet[HEADER_ROWS:])
        for table in TABLES:
            cursor.cursor.copy_expert(f"COPY floor_{table} FROM STDIN", io.BytesIO(finished[table]))
        seconds = time.perf_counter() - started
        for table in TABLES:
            cursor.execute(f"DROP TABLE floor_{table}")
    if good != ROWS:
        raise RuntimeError(f"{good} good rows")
    return seconds


def _is_good(row: list, units: set[str]) -> bool:
    number, birth = row[5], row[9]
    if len(number) != 18 or check_digit(number[:17]) != number[17] or row[4] not in units:
        return False
    dt.date.fromisoformat(birth)
    return True


# --- the peer -------------------------------------------------------------------------------------------------------


class CodeWidget(widgets.CharWidget):
    def __init__(self, code_list: str) -> None:
        super().__init__()
        self.codes = codes_by_name(code_list)

    def clean(self, value, row=None, **kwargs):
        return self.codes[value]


class IndexWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        return crypto.blind_index("citizen_id", value)

    def render(self, value, obj=None, **kwargs):
        return bytes(value).hex() if value else ""


def stock_resource():
    class PersonResource(resources.ModelResource):
        number = fields.Field("citizen_id_index", "身份证号码", widget=IndexWidget())
        name = fields.Field("name", "姓名")
        sex = fields.Field("sex", "性别", widget=CodeWidget("sex"))
        birth_date = fields.Field("birth_date", "出生日期")
        ethnicity = fields.Field("ethnicity", "民族", widget=CodeWidget("ethnicity"))
        native_place = fields.Field("native_place", "籍贯")
        political_status = fields.Field("political_status", "政治面貌", widget=CodeWidget("political_status"))

        class Meta:
            model = Person
            import_id_fields = ("number",)
            fields = ("number", "name", "sex", "birth_date", "ethnicity", "native_place", "political_status")

    return PersonResource()


def peer_run(path: Path, rows: int) -> float:
    """A clean header for the peer: it needs one. Loading, dry run (the preview) and import."""
    source = openpyxl.load_workbook(path, read_only=True).active
    lines = source.iter_rows(min_row=HEADER_ROWS + 1, max_row=HEADER_ROWS + rows, values_only=True)
    headings = (
        "序号", "姓名", "手机号码", "人员类别", "单位全称", "身份证号码", "职务（职级）", "组织区域", "性别",
        "出生日期",
        "民族", "籍贯", "政治面貌", "入党时间", "文化程度", "职称",
    )  # fmt: skip
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(headings)
    for line in islice(lines, rows):
        sheet.append(line)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    started = time.perf_counter()
    data = Dataset().load(stream, format="xlsx")
    resource = stock_resource()
    for dry_run in (True, False):
        result = resource.import_data(data, dry_run=dry_run, raise_errors=True)
    seconds = time.perf_counter() - started
    if result.totals["new"] != rows:
        raise RuntimeError(str(result.totals))
    return seconds


# --- before and after -----------------------------------------------------------------------------------------------


def clear() -> None:
    """Empty what an import writes, files included; units stay."""
    for name in Attachment.objects.values_list("storage_name", flat=True):
        default_storage.delete(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE people_person, registry_cadre, registry_importbatch, common_attachment, common_auditentry, "
            "common_auditsubject RESTART IDENTITY CASCADE"
        )
        cursor.execute("VACUUM ANALYZE people_person, registry_cadre, people_phone")
    if Cadre.objects.exists():
        raise RuntimeError("not empty")
