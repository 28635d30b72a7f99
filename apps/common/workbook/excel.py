""".xlsx and .xls through calamine. Runs in the child only."""

import io
from collections.abc import Iterable, Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from .archive import inspect_archive
from .kinds import XLSX, encrypted
from .limits import Limits
from .sheet import FileRefused, Sheet


def read_workbook(data: bytes, kind: str, limits: Limits) -> Iterator[tuple[Sheet, Iterable[list]]]:
    """Every worksheet in the order of the workbook, its rows beside it, to be taken before the next sheet.

    Hidden rows are known for .xlsx only. Formula cells give the value that Excel stored beside them; without
    one they are empty. Raises FileRefused.
    """
    hidden = inspect_archive(data, limits) if kind == XLSX else {}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for about in book.sheets_metadata:
                if about.typ == SheetTypeEnum.WorkSheet:
                    sheet, rows = _open_sheet(book, about.name, limits)
                    sheet.hidden_rows = hidden.get(about.name, [])
                    sheet.is_hidden = about.visible != SheetVisibleEnum.Visible
                    yield sheet, rows
    except PasswordError as error:
        raise encrypted() from error
    except CalamineError as error:
        if "password" in str(error).lower():
            raise encrypted() from error
        raise FileRefused("damaged", "文件已损坏，打不开。请在 Excel 里另存一份再上传。") from error


def _open_sheet(book: CalamineWorkbook, name: str, limits: Limits) -> tuple[Sheet, Iterable[list]]:
    source = book.get_sheet_by_name(name)
    merged = [(first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in source.merged_cell_ranges or []]
    sheet = Sheet(name, [], merged)
    start, end = source.start, source.end
    if start is None or end is None:
        return sheet, []
    if end[0] + 1 > limits.rows:
        raise FileRefused("too_many_rows", f"表“{name}”超过 {limits.rows} 行，请分成几个文件上传。")
    if end[1] + 1 > limits.columns:
        raise FileRefused("too_many_columns", f"表“{name}”超过 {limits.columns} 列，请删去多余的列再上传。")
    if start[1] == 0:
        return sheet, source.iter_rows()
    before = [None] * start[1]  # calamine gives the blank rows above the data, not the blank columns beside it
    return sheet, (before + row for row in source.iter_rows())
