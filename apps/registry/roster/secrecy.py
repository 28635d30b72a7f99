"""What must not be held here is stopped at the door: marks of secrets in any cell, title or name; barred ranks, units.

A file that is marked as a whole is refused whole; a marked cell refuses its row.
"""

from apps.common.secrecy import WORDS, Words, marks_in
from apps.common.workbook import FileRefused, Sheet, Upload
from apps.organisation.barred import Barred, bars

from .layout import Layout, titles_of
from .readers import plain
from .rows import Row

# A mark of a level or the bare 内部 holds one of these; a text with neither, nor a notice, is not searched.
_SIGNS = ("密", "内")
BARRED_KEYS = ("unit", "post", "leader_rank", "grade_rank", "treatment")
REFUSAL = (
    "{where}有“{marks}”标志。本系统为非涉密系统，严禁处理、存储、传输国家秘密："
    "请删去后再上传；涉密内容按保密规定另行办理。"
)


class Secrecy:
    """`words` are the marking words in force, `entries` the ranks and units that must not be held.

    Each distinct text is asked once.
    """

    def __init__(self, words: Words = WORDS, entries: tuple[Barred, ...] = ()) -> None:
        self._words, self._entries = words, entries
        self._signs = (*_SIGNS, *(word for word in words.notices if not any(sign in word for sign in _SIGNS)))
        self._seen_marks: dict[str, str] = {}
        self._seen_bars: dict[str, str] = {}

    def look_at_upload(self, upload: Upload, filename: str) -> None:
        """Raises FileRefused for a mark in the name of the upload, of a file in it, or of a sheet."""
        for name in {filename, *(sheet.file for sheet in upload.sheets), *(sheet.name for sheet in upload.sheets)}:
            self._refuse(name, "文件名或表名里")

    def look_at_titles(self, sheet: Sheet, layout: Layout) -> None:
        """Raises FileRefused for a mark above the header or in it: it marks the whole table."""
        for text in titles_of(sheet, layout):
            self._refuse(text, "表头或标题里")

    def _refuse(self, text: str, where: str) -> None:
        if marks := self._marked(plain(text)):
            raise FileRefused("secret", REFUSAL.format(where=where, marks=marks))

    def look_at(self, row: Row, texts: dict[int, str]) -> None:
        """Refuse the row for a marked cell, in a column that is read or not, or for what must not be held. `texts` are
        the cells that speak of unit and rank, by position."""
        whole = "\n".join([cell for cell in row.cells if cell.__class__ is str])
        if any(sign in whole for sign in self._signs):
            for position, cell in enumerate(row.cells):
                if cell.__class__ is str and (marks := self._marked(cell)):
                    row.refuse(position, "secret", REFUSAL.format(where="这一格里", marks=marks))
        for position, text in texts.items():
            if sentence := self._barred(text):
                row.refuse(position, "barred", sentence)

    def _marked(self, text: str) -> str:
        if not any(sign in text for sign in self._signs):
            return ""
        if text not in self._seen_marks:
            self._seen_marks[text] = "、".join(marks_in(text, self._words))
        return self._seen_marks[text]

    def _barred(self, text: str) -> str:
        if text not in self._seen_bars:
            self._seen_bars[text] = bars(text, self._entries) or ""
        return self._seen_bars[text]
