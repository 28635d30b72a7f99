"""Where the header of a sheet is, and which rows below it are no records. For any table with named columns."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

WITHIN = 40
LONG_NOTE = 30

_NOTE = re.compile(r"^(说明|注|备注|填表说明|填写说明|注意)\s*[:：1一]|^(注意事项|填表要求)")
_TOTAL = re.compile(r"^(合计|总计|小计|共计|总人数|人数合计)([:：]?\s*\d*\s*人?)?$")
_FOOTER = re.compile(r"^(填表|制表|填报|审核|复核|经办|单位负责|负责人|联系电话|报送|盖章).{0,12}[:：]")


@dataclass(frozen=True, slots=True)
class Header:
    """Rows first..last as Excel counts them, and the heading of each column from A on (empty where none)."""

    first: int
    last: int
    texts: list[str]


def find_header(rows: Sequence[list], means: Callable[[str], str]) -> Header | None:
    """The one or two lines among the first that name most columns; `means` gives the column of a heading, or empty.

    None where no line names two. The lower of two lines speaks where it says something.
    """
    best, most = None, 1
    for place in range(min(len(rows), WITHIN)):
        for height in (1, 2):
            texts = _texts(rows[place : place + height])
            score = len({column for text in texts if (column := means(text))})
            if score > most:
                best, most = Header(place + 1, place + height, texts), score
    return best


def _texts(lines: Sequence[list]) -> list[str]:
    texts = [""] * max(map(len, lines), default=0)
    for line in lines:
        for position, cell in enumerate(line):
            if isinstance(cell, str) and cell.strip():
                texts[position] = " ".join(cell.split())
    return texts


def why_no_record(row: list, telling: Collection[int]) -> str:
    """blank, note, total or footer; empty when it is a record after all. `telling` are the positions that matter."""
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    for cell in filled[:3]:
        if isinstance(cell, str) and (why := says_no_record(cell)):
            return why
    if not any(row[place] is not None and str(row[place]).strip() for place in telling if place < len(row)):
        return "blank"
    return "note" if len(filled) == 1 and isinstance(filled[0], str) and len(filled[0]) > LONG_NOTE else ""


def says_no_record(cell: str) -> str:
    """note, total or footer, where a cell begins like one; empty otherwise."""
    text = unicodedata.normalize("NFKC", cell).strip()
    squeezed = re.sub(r"\s+", "", text)
    if _TOTAL.match(squeezed):
        return "total"
    if _NOTE.match(text):
        return "note"
    return "footer" if _FOOTER.match(squeezed) else ""
