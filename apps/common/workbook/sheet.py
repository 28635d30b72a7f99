"""What reading gives back, and how it refuses."""

import datetime as dt
from dataclasses import dataclass, field

Cell = str | int | float | bool | dt.date | dt.datetime | None


class FileRefused(Exception):
    """The file as a whole cannot be taken. `code` is for machines, `sentence` says in Chinese what to do.

    Codes: empty, too_large, too_many_rows, too_many_columns, cell_too_long, encrypted, macros, wps, web_page,
    wrong_kind, mismatch, damaged, zip_bomb, nested, too_many_files, too_many_sheets, xml_entities, encoding,
    no_sheet, timeout.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(slots=True)
class Sheet:
    """One sheet; `file` names the one it stands in where several were uploaded.

    `rows[0]` is Excel's row 1 and `rows[n][0]` column A; blank rows are kept, as empty lists.

    Cells keep the type the file gave them: a number is int (when whole) or float, never text; a date cell is
    date or datetime; an empty cell None; text has lost control characters and zero-width marks.
    `merged` are ranges (first row, first column, last row, last column) and `hidden_rows` row numbers, all
    counted from 1 as Excel shows them. Rows of one sheet may differ in length.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    is_hidden: bool = False
    file: str = ""


def column_letters(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
