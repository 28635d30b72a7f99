"""Marks of state secrets in uploaded files: in the name always, in the content where it can be read without a parser.

Read: text and .csv; the text parts of .docx, .xlsx, .pptx, .odt, .ods. Not read: pictures, scans, PDF, .doc, .xls, .et,
.wps; pages that take such files say so (`NOT_READ`). Nothing is parsed: tags are cut off, unpacked bytes are counted.
"""

import html
import io
import re
import zipfile
import zlib
from pathlib import PurePath

from .secrecy import WORDS, Mark, Words, find_marks

NOT_READ = "图片、扫描件、PDF 和旧版 Office 文件，系统只看得到文件名，请上传前自己核对有没有密级标志。"
MOST = 8 * 1024 * 1024
TEXT_KINDS = (".txt", ".csv", ".tsv", ".md")
PARTS = re.compile(
    r"(word/(document|header\d*|footer\d*|footnotes)|xl/(sharedStrings|worksheets/sheet\d+)|ppt/slides/slide\d+"
    r"|content|styles|docProps/core)\.xml"
)
_TAGS = re.compile(r"<[^<>]*>")
_PARAGRAPHS = re.compile(r"</(?:\w+:)?(?:p|t|si|is|row|h)>")


def marks_of_file(name: str, data: bytes, words: Words = WORDS) -> tuple[Mark, ...]:
    """Marks in the name and content of a file; never raises for what strangers send."""
    plain_name = re.sub(r"[-_.()（）\s]+", " ", PurePath(name).stem)
    found = {mark.text: mark for mark in find_marks(plain_name, words)}
    for mark in find_marks(text_of(name, data), words):
        found.setdefault(mark.text, mark)
    return tuple(found.values())


def text_of(name: str, data: bytes) -> str:
    """The text of a file as far as it can be had, at most 8 MB of it; empty for other kinds."""
    if data[:4] == b"PK\x03\x04":
        return _text_of_archive(data)
    if PurePath(name).suffix.lower() in TEXT_KINDS:
        return _decoded(data[:MOST])
    return ""


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _text_of_archive(data: bytes) -> str:
    texts, left = [], MOST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:500]:
                if left <= 0 or not PARTS.fullmatch(member.filename) or member.flag_bits & 0x1:
                    continue
                with archive.open(member) as stream:
                    content = stream.read(left)
                left -= len(content)
                texts.append(content.decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, zlib.error):
        return ""
    # Some writers put every Chinese character as a number: &#26426;
    return html.unescape(_TAGS.sub("", _PARAGRAPHS.sub("\n", "\n".join(texts))))
