"""CSV and tab-separated text: which encoding, which separator, which cells."""

import csv
import io
from collections.abc import Iterable, Iterator

from .limits import Limits
from .sheet import FileRefused, Sheet

# GB 18030-2022 moved these from private use to their own code points; Python's codec is the 2000 edition.
_PRIVATE_2000 = (
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue7c7"
)
_ASSIGNED_2022 = (
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f"
)
GB18030_2022 = str.maketrans(_PRIVATE_2000, _ASSIGNED_2022)

_UNREADABLE = FileRefused(
    "encoding", "看不出文字的编码。请在 Excel 里打开，另存为 .xlsx，或“CSV UTF-8（逗号分隔）”，再上传。"
)


def decode(data: bytes) -> str:
    """Text of a file: a byte order mark decides; else strict UTF-8; else GB 18030-2022. Never cell by cell."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _strictly(data, "utf-8-sig")
    if b"\x00" in data:
        raise _UNREADABLE
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030").translate(GB18030_2022)


def read_text_table(data: bytes, limits: Limits) -> Iterator[tuple[Sheet, Iterable[list]]]:
    """The one sheet of a text file; its rows are numbered as Excel shows them when it opens the file.

    Every cell is text: a text file has no number cells. `="001"`, which Excel writes to keep zeros, becomes
    001. Raises FileRefused.
    """
    separator, text = _separator(decode(data))
    csv.field_size_limit(max(limits.unpacked, limits.cell))
    yield Sheet("", []), _rows(text, separator)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [_plain(cell) for cell in row]
    except csv.Error as error:
        raise FileRefused("damaged", "文本表格的格式有误（引号没有成对），请另存为 .xlsx 再上传。") from error


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _UNREADABLE from error


def _separator(text: str) -> tuple[str, str]:
    """The separator with most hits in the first lines, quoted parts left out; `sep=;` of Excel is obeyed."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.rstrip("\r")) == 5:
        return first[4], rest
    sample = "".join(text[:20_000].split('"')[::2])
    return max(",\t;", key=sample.count), text


def _plain(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell
