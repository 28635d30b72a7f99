"""A zip of several files, as offices pack them: names in any encoding, macOS and Excel litter, no zip in a zip.

Runs in the child. Nothing is written to disk, so no path of a member leads anywhere; its last part is only shown.
"""

import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from .archive import check_directory
from .limits import Limits
from .sheet import FileRefused

_UTF8_NAME = 0x800
_PIECE = 1 << 20
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/.*|\.[^/]*|~\$[^/]*|Thumbs\.db|desktop\.ini)$", re.IGNORECASE)
_TABLES = frozenset({".xlsx", ".xls", ".csv", ".tsv", ".txt", ".et", ".ett", ".xlsm", ".xlsb", ".ods", ".xltm"})
_PACKED = frozenset({".zip", ".rar", ".7z", ".gz", ".tar"})
_HIDDEN = re.compile("[\x00-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
NAME_LONGEST = 60
_BOMB = FileRefused("zip_bomb", "压缩包解开后大得不正常，不能读取。请把表格直接选上，不要压缩。")
_DAMAGED = FileRefused("damaged", "压缩包已损坏，打不开。请重新压缩，或把里面的表格一起选上。")
_NESTED = "压缩包里还有压缩包“{}”。请先把它解开，把里面的表格放在一起，再压缩或一起选上。"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip; `data` is None for one that is no table and is not read."""

    name: str
    data: bytes | None


def open_bundle(data: bytes, limits: Limits, *, may_nest: bool = False) -> Iterator[Member]:
    """The files in the order of their names. Raises FileRefused.

    `may_nest`: the zip was made by us around several uploads, so each of them may be a zip once more.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(member_name(info), info) for info in archive.infolist() if not info.is_dir()]
            check_directory(archive.infolist(), len(data), limits, what="压缩包")
            wanted = sorted((path, info) for path, info in members if not _LITTER.search(path))
            if len(wanted) > limits.files:
                raise FileRefused("too_many_files", f"压缩包里的文件超过 {limits.files} 个，请分成几次上传。")
            yield from _opened(archive, wanted, limits, may_nest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, KeyError, NotImplementedError, OSError) as error:
        raise _DAMAGED from error
    except (RuntimeError, zlib.error) as error:
        raise _DAMAGED from error


def _opened(
    archive: zipfile.ZipFile, wanted: list[tuple[str, zipfile.ZipInfo]], limits: Limits, may_nest: bool
) -> Iterator[Member]:
    left = limits.unpacked
    for path, info in wanted:
        suffix = PurePath(path).suffix.lower()
        name = shown_name(path)
        if suffix in _PACKED and not (may_nest and suffix == ".zip"):
            raise FileRefused("nested", _NESTED.format(name))
        if suffix not in _TABLES and suffix not in _PACKED:
            yield Member(name, None)
            continue
        content = _unpack(archive, info, min(left, limits.file_size))
        left -= len(content)
        if content.startswith(b"PK\x03\x04") and suffix in (".csv", ".tsv", ".txt"):
            raise FileRefused("nested", _NESTED.format(name))
        yield Member(name, content)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The content, counted while it is unpacked: a directory can lie."""
    content = bytearray()
    with archive.open(info) as stream:
        while piece := stream.read(_PIECE):
            content += piece
            if len(content) > most:
                raise _BOMB
    return bytes(content)


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a member. Without the UTF-8 mark the bytes are UTF-8 (macOS) or GB 18030 (Windows)."""
    if info.flag_bits & _UTF8_NAME:
        name = info.filename
    else:
        raw = info.filename.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def shown_name(path: str) -> str:
    """The last part of a path, without marks that hide or turn text, short enough for a sentence."""
    name = _HIDDEN.sub("", posixpath.basename(path.replace("\\", "/"))).strip() or "无名文件"
    if len(name) <= NAME_LONGEST:
        return name
    suffix = PurePath(name).suffix[:10]
    return name[: NAME_LONGEST - len(suffix) - 1] + "…" + suffix


def pack_files(files: list[tuple[str, bytes]]) -> bytes:
    """Several uploads as one zip: the same files in the same order give the same bytes. Names are told apart."""
    stream = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for filename, data in files:
            name = shown_name(filename).lstrip(".~") or "无名文件"
            stem, suffix = PurePath(name).stem, PurePath(name).suffix
            number = 2
            while name in taken:
                name, number = f"{stem}（{number}）{suffix}", number + 1
            taken.add(name)
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data)
    return stream.getvalue()
