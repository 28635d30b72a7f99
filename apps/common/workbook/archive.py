"""The zip container of an .xlsx file, looked over before a parser sees it.

The directory is checked first (members, sizes, ratio, kinds of compression); then every member is unpacked
once, in pieces and counted, because a directory can lie. On the way each part is searched for entity
declarations, and the sheets for hidden rows, which the parser does not report.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree  # noqa: S405  entities were refused before anything is parsed here

from .kinds import encrypted
from .limits import Limits
from .sheet import FileRefused

_PIECE = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d+)["']""")
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BOMB = FileRefused("zip_bomb", "文件解开后大得不正常，不能读取。请把数据复制到新的工作簿里再上传。")
_DAMAGED = FileRefused("damaged", "文件已损坏，打不开。请在 Excel 里另存一份再上传。")


def inspect_archive(data: bytes, limits: Limits) -> dict[str, list[int]]:
    """Check an .xlsx container; gives the hidden rows of each sheet by the sheet's name. Raises FileRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            check_directory(members, len(data), limits)
            _check_kind(archive, {member.filename for member in members})
            hidden = {member.filename: _inspect_member(archive, member, limits) for member in members}
            return {name: hidden.get(path, []) for name, path in _sheet_paths(archive)}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, KeyError, NotImplementedError, OSError) as error:
        raise _DAMAGED from error
    except (ValueError, ElementTree.ParseError, zlib.error) as error:
        raise _DAMAGED from error


def check_directory(members: list[zipfile.ZipInfo], packed: int, limits: Limits, *, what: str = "工作簿") -> None:
    """How many members, how large unpacked, how packed, locked or not. Raises FileRefused."""
    if len(members) > limits.members:
        raise FileRefused("zip_bomb", f"{what}内部的部件超过 {limits.members} 个，不能读取。")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked or unpacked > packed * limits.ratio:
        raise _BOMB
    if len({member.filename for member in members}) != len(members):
        raise _DAMAGED
    for member in members:
        if member.flag_bits & 0x1:
            raise encrypted(what)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _DAMAGED


def _check_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros", "工作簿里带有宏，不能上传。请另存为 .xlsx 工作簿再上传。")
    if "xl/workbook.bin" in names:
        raise FileRefused("wrong_kind", ".xlsb 二进制工作簿不能上传，请另存为 .xlsx 再上传。")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise FileRefused("wrong_kind", "这不是 Excel 工作簿，请上传 .xlsx、.xls 或 .csv 文件。")
    if b"macroEnabled" in archive.read("[Content_Types].xml")[:_PIECE]:
        raise FileRefused("macros", "带宏的工作簿不能上传，请另存为 .xlsx 工作簿再上传。")


def _inspect_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> list[int]:
    """Unpack a member once in pieces; the numbers of its hidden rows, when it is a sheet."""
    is_sheet = "worksheets/" in member.filename
    is_markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    hidden: list[int] = []
    number = unpacked = 0
    for piece, size in _pieces(archive, member):
        unpacked += size
        if unpacked > limits.unpacked:
            raise _BOMB
        if is_markup and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
            raise FileRefused("xml_entities", "文件里有不该出现的实体声明，可能不安全，不能读取。")
        if is_sheet:
            if b"hidden" not in piece:
                number = _last_row(piece, number)
                continue
            for tag in _ROW.findall(piece):
                given = _NUMBER.search(tag)
                number = int(given[1]) if given else number + 1
                if _HIDDEN.search(tag):
                    hidden.append(number)
    return hidden


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """The content in pieces that never cut a tag in two, each with the number of bytes it adds."""
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_PIECE):
            whole = rest + chunk
            cut = whole.rfind(b"<")
            if cut <= 0 or len(whole) - cut > _PIECE:
                cut = len(whole)
            yield whole[:cut], len(chunk)
            rest = whole[cut:]
    if rest:
        yield rest, 0


def _last_row(piece: bytes, number: int) -> int:
    """The number of the last row in a piece without hidden rows, so that unnumbered rows go on counting."""
    start = piece.rfind(b"<row")
    if start < 0:
        return number
    given = _NUMBER.search(piece[start : start + 200])
    return int(given[1]) if given else number + piece.count(b"<row")


def _sheet_paths(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(sheet name, member) as the workbook lists them."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    paths = []
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(f"{_RELATIONS}id"), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            paths.append((sheet.get("name", ""), path))
    return paths
