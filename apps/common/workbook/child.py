"""`python -m apps.common.workbook.child`: parses one untrusted file under limits, talks JSON.

Standard input: one line of JSON (filename, limits), then the bytes of the file. Standard output: one JSON
object, `{"refused": [code, sentence]}` or `{"sheets": [...]}`. JSON, and not a format that can call code,
because this process has touched a stranger's file. Dates travel beside their cells as [row, column, text].
"""

import datetime as dt
import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

from .kinds import CSV, kind_of
from .limits import Limits
from .sheet import FileRefused, Sheet, column_letters

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b\u2060\ufeff]|_x000[dD]_")


def main() -> None:
    header = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**header["limits"])
    _restrict(limits)
    try:
        sheets = _parse(sys.stdin.buffer.read(), header["filename"], limits)
        packed = [_pack(sheet, limits) for sheet in sheets]
        if not any(sheet["rows"] for sheet in packed):
            raise FileRefused("no_sheet", "文件里没有数据，请检查是否选错了文件。")
        answer = {"sheets": packed}
    except FileRefused as refused:
        answer = {"refused": [refused.code, refused.sentence]}
    except MemoryError:
        answer = {"refused": ["too_large", "文件内容太多，读取时超出了内存限制。请删去空行空列或分成几个文件。"]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


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


def _parse(data: bytes, filename: str, limits: Limits) -> list[Sheet]:
    if len(data) > limits.file_size:
        raise FileRefused("too_large", f"文件超过 {limits.file_size // 1024 // 1024} MB，请分成几个文件上传。")
    kind = kind_of(data, filename)
    if kind == CSV:
        from .text_tables import read_text_table  # noqa: PLC0415  one of two parsers, each process needs one

        return read_text_table(data, limits)
    from .excel import read_workbook  # noqa: PLC0415  loads calamine

    return read_workbook(data, kind, limits)


def _pack(sheet: Sheet, limits: Limits) -> dict[str, Any]:
    """Cells as JSON can carry them, dates listed apart; blank cells and rows at the ends are cut off."""
    dates: list[tuple[int, int, str]] = []
    rows: list[list[Any]] = []
    for place, source in enumerate(sheet.rows):
        row: list[Any] = []
        for column, cell in enumerate(source):
            kind = cell.__class__
            if kind is str:
                row.append(_text(cell, place, column, limits) if cell else None)
            elif kind is float:
                row.append(int(cell) if cell.is_integer() else cell)
            elif kind is dt.datetime or kind is dt.date:
                dates.append((place, column, cell.isoformat()))
                row.append(None)
            elif kind is int or kind is bool or cell is None:
                row.append(cell)
            else:  # time of day, length of time
                row.append(str(cell))
        while row and row[-1] is None and not (dates and dates[-1][:2] == (place, len(row) - 1)):
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    _check_size(rows, limits)
    return {
        "name": sheet.name,
        "rows": rows,
        "dates": dates,
        "merged": sheet.merged,
        "hidden_rows": sheet.hidden_rows,
        "is_hidden": sheet.is_hidden,
    }


def _text(cell: str, place: int, column: int, limits: Limits) -> str | None:
    if not cell.isprintable() or "_x000" in cell:
        cell = _UNWANTED.sub("", cell.replace("\r\n", "\n").replace("\r", "\n"))
    if len(cell) > limits.cell:
        where = f"{column_letters(column + 1)}{place + 1}"
        raise FileRefused("cell_too_long", f"单元格 {where} 超过 {limits.cell} 个字，请缩短后再上传。")
    return cell or None


def _check_size(rows: list[list[Any]], limits: Limits) -> None:
    if len(rows) > limits.rows:
        raise FileRefused("too_many_rows", f"行数超过 {limits.rows} 行，请分成几个文件上传。")
    if rows and max(map(len, rows)) > limits.columns:
        raise FileRefused("too_many_columns", f"列数超过 {limits.columns} 列，请删去多余的列再上传。")


if __name__ == "__main__":
    main()
