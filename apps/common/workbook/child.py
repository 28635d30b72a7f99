"""`python -m apps.common.workbook.child`: parses one untrusted file under limits, answers in lines of JSON.

Standard input: one line of JSON (filename, limits), then the bytes of the file. Standard output, a line each:
`{"sheet": {...}}`, then `{"rows": [...], "dates": [...]}` for its rows in batches, and so on for each sheet;
at last `{"done": true}` or, at any point, `{"refused": [code, sentence]}`. JSON, and not a format that can
call code, because this process has touched a stranger's file. Dates stand beside their cells as
[row of the sheet from 0, column, text].
"""

import datetime as dt
import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .excel import read_workbook
from .kinds import CSV, kind_of
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
        is_empty = True
        for sheet, rows in _parse(sys.stdin.buffer.read(), header["filename"], limits):
            _say(sheet=_about(sheet))
            for batch in _batches(rows, limits):
                is_empty = False
                _say(**batch)
        if is_empty:
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


def _parse(data: bytes, filename: str, limits: Limits) -> Iterator[tuple[Sheet, Iterable[list]]]:
    if len(data) > limits.file_size:
        raise FileRefused("too_large", f"文件超过 {limits.file_size // 1024 // 1024} MB，请分成几个文件上传。")
    kind = kind_of(data, filename)
    if kind == CSV:
        return read_text_table(data, limits)
    return read_workbook(data, kind, limits)


def _about(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "merged": sheet.merged,
        "hidden_rows": sheet.hidden_rows,
        "is_hidden": sheet.is_hidden,
    }


def _batches(rows: Iterable[list], limits: Limits) -> Iterator[dict[str, Any]]:
    """Rows as JSON can carry them, dates listed apart; blank rows at the end are left out."""
    packed: list[list[Any]] = []
    dates: list[tuple[int, int, str]] = []
    blank = 0
    for place, source in enumerate(rows):
        row = _pack(source, place, dates, limits)
        if not row:
            blank += 1
            continue
        if place >= limits.rows:
            raise FileRefused("too_many_rows", f"行数超过 {limits.rows} 行，请分成几个文件上传。")
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
