"""`python -m apps.common.workbook.child`: parses one untrusted file under limits, answers in lines of JSON.

Standard input: one line of JSON (filename, limits, is_bundle), then the bytes of the file. Standard output, a line
each: `{"sheet": {...}}`, or `{"unread": name}` for a file of a zip that is no table, then
`{"rows": [...], "dates": [...]}` for its rows in batches, and so on for each sheet;
at last `{"done": true}` or, at any point, `{"refused": [code, sentence]}`. JSON, and not a format that can
call code, because this process has touched a stranger's file. Dates stand beside their cells as
[row of the sheet from 0, column, text].
"""

import contextlib
import datetime as dt
import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from .bundle import open_bundle
from .excel import read_workbook
from .kinds import CSV, WPS_NAMES, ZIP, kind_of, wps
from .limits import Limits
from .sheet import FileRefused, Sheet, column_letters
from .text_tables import read_text_table

_BATCH = 1000
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b\u2060\ufeff]|_x000[dD]_")


def main() -> None:
    header = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**header["limits"])
    _restrict(limits)
    try:
        count = _Count(limits)
        for sheet, rows in _parse(sys.stdin.buffer.read(), header["filename"], limits, header.get("is_bundle", False)):
            count.sheet()
            _say(sheet=_about(sheet))
            with _named(sheet.file):
                for batch in _batches(rows, limits, count):
                    _say(**batch)
        if not count.rows:
            raise FileRefused("no_sheet", "文件里没有数据，请检查是否选错了文件。")
        _say(done=True)
    except FileRefused as refused:
        _say(refused=[refused.code, refused.sentence])
    except MemoryError:
        _say(refused=["too_large", "文件内容太多，读取时超出了内存限制。请删去空行空列或分成几个文件。"])


def _say(**answer: Any) -> None:
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def _restrict(limits: Limits) -> None:
    """From here on: bounded memory and time, no files written, no processes begun, no core dump."""
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, in_use + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


class _Count:
    """Rows and sheets of the whole upload."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.rows, self.sheets = limits, 0, 0

    def sheet(self) -> None:
        self.sheets += 1
        if self.sheets > self.limits.sheets:
            raise FileRefused("too_many_sheets", f"工作表超过 {self.limits.sheets} 张，请分成几次上传。")

    def add(self, rows: int) -> None:
        self.rows += rows
        if self.rows > self.limits.rows:
            raise FileRefused("too_many_rows", f"所有表加起来超过 {self.limits.rows} 行，请分成几次上传。")


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """What is wrong inside one of several files says which."""
    try:
        yield
    except FileRefused as refused:
        raise FileRefused(refused.code, f"“{name}”：{refused.sentence}" if name else refused.sentence) from refused


Sheets = Iterator[tuple[Sheet, Iterable[list]]]


def _parse(data: bytes, filename: str, limits: Limits, is_bundle: bool) -> Sheets:
    if len(data) > limits.file_size + limits.files * 200 * is_bundle:
        raise FileRefused("too_large", f"文件超过 {limits.file_size // 1024 // 1024} MB，请分成几次上传。")
    if is_bundle or kind_of(data, filename) == ZIP:
        return _parse_bundle(data, limits, is_bundle)
    return _parse_file(data, filename, limits)


def _parse_bundle(data: bytes, limits: Limits, may_nest: bool, where: str = "") -> Sheets:
    """The sheets of every table in a zip; what it may unpack to holds for all of them together."""
    left, found = limits.unpacked, 0
    for member in open_bundle(data, limits, may_nest=may_nest):
        name = f"{where}/{member.name}" if where else member.name
        if member.data is None:
            _say(unread=name)
            continue
        found += 1
        with _named(name):
            kind = kind_of(member.data, member.name)
            if kind == ZIP and not may_nest:
                raise FileRefused("nested", "这是压缩包里的压缩包。请先把它解开，再压缩或一起选上。")
        if kind == ZIP:
            yield from _parse_bundle(member.data, replace(limits, unpacked=left), False, name)
            continue
        left -= len(member.data)
        with _named(name):
            if left < 0:
                raise FileRefused("zip_bomb", "所有文件解开后大得不正常，不能读取。请分成几次上传。")
            for sheet, rows in _parse_file(member.data, member.name, replace(limits, unpacked=max(left, 1))):
                sheet.file = name
                yield sheet, rows
    if not found:
        raise FileRefused("no_sheet", "压缩包里没有表格（.xlsx、.xls 或 .csv），请检查是否选错了文件。")


def _parse_file(data: bytes, filename: str, limits: Limits) -> Sheets:
    kind, suffix = kind_of(data, filename), PurePath(filename).suffix.lower()
    try:
        yield from read_text_table(data, limits) if kind == CSV else read_workbook(data, kind, limits)
    except FileRefused as refused:
        if suffix in WPS_NAMES and refused.code in ("damaged", "wrong_kind"):
            raise wps(suffix) from refused
        raise


def _about(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "merged": sheet.merged,
        "hidden_rows": sheet.hidden_rows,
        "is_hidden": sheet.is_hidden,
        "file": sheet.file,
    }


def _batches(rows: Iterable[list], limits: Limits, count: _Count) -> Iterator[dict[str, Any]]:
    """Rows as JSON can carry them, dates listed apart; blank rows at the end are left out."""
    packed: list[list[Any]] = []
    dates: list[tuple[int, int, str]] = []
    blank = 0
    for place, source in enumerate(rows):
        row = _pack(source, place, dates, limits)
        if not row:
            blank += 1
            continue
        count.add(blank + 1)
        packed.extend([] for _ in range(blank))
        blank = 0
        packed.append(row)
        if len(packed) >= _BATCH:
            yield {"rows": packed, "dates": dates}
            packed, dates = [], []
    if packed:
        yield {"rows": packed, "dates": dates}


def _pack(source: list, place: int, dates: list[tuple[int, int, str]], limits: Limits) -> list[Any]:
    """One row; blank cells at its end are cut off."""
    row: list[Any] = []
    length = 0
    for column, cell in enumerate(source):
        kind = cell.__class__
        if kind is str:
            cell = _text(cell, place, column, limits) if cell else None
        elif kind is float:
            cell = int(cell) if cell.is_integer() else cell
        elif kind is dt.datetime or kind is dt.date:
            dates.append((place, column, cell.isoformat()))
            length = column + 1
            cell = None
        elif not (kind is int or kind is bool or cell is None):
            cell = str(cell)  # time of day, length of time
        row.append(cell)
        if cell is not None:
            length = column + 1
    if length > limits.columns:
        raise FileRefused("too_many_columns", f"列数超过 {limits.columns} 列，请删去多余的列再上传。")
    return row[:length]


def _text(cell: str, place: int, column: int, limits: Limits) -> str | None:
    if not cell.isprintable() or "_x000" in cell:
        cell = _UNWANTED.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))
    if len(cell) > limits.cell:
        where = f"{column_letters(column + 1)}{place + 1}"
        raise FileRefused("cell_too_long", f"单元格 {where} 超过 {limits.cell} 个字，请缩短后再上传。")
    return cell or None


if __name__ == "__main__":
    main()
