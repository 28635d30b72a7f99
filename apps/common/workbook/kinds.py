"""What a file really is, by its content; the name alone is not believed."""

from pathlib import PurePath

from .sheet import FileRefused

XLSX, XLS, CSV = "xlsx", "xls", "csv"

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NAMES = frozenset({".csv", ".txt", ".tsv"})
_SAVE_AS = "请在 Excel 或 WPS 里打开，用“另存为”存成 .xlsx 工作簿后再上传。"


def kind_of(data: bytes, filename: str) -> str:
    """xlsx, xls or csv. Raises FileRefused for everything else, with the way out."""
    suffix = PurePath(filename).suffix.lower()
    if not data:
        raise FileRefused("empty", "文件是空的，请重新选择文件。")
    _refuse_by_name(suffix)
    if data.startswith(_ZIP):
        _refuse_text_name(suffix)
        return XLSX
    if data.startswith(_OLE):
        _refuse_text_name(suffix)
        return _ole_kind(data)
    if _looks_like_markup(data):
        raise FileRefused("web_page", f"这个文件的内容是网页或 XML，只是改了扩展名。{_SAVE_AS}")
    if suffix in _TEXT_NAMES:
        return CSV
    if suffix in (".xlsx", ".xls"):
        raise FileRefused("mismatch", f"扩展名是 {suffix}，内容却不是 Excel 工作簿。{_SAVE_AS}")
    raise FileRefused("wrong_kind", "只能上传 .xlsx、.xls 或 .csv 文件。")


def _refuse_by_name(suffix: str) -> None:
    if suffix in (".et", ".ett"):
        raise FileRefused("wps", f"这是 WPS 表格自己的格式（{suffix}）。{_SAVE_AS}")
    if suffix in (".xlsm", ".xltm", ".xlam"):
        raise FileRefused("macros", f"带宏的工作簿（{suffix}）不能上传。{_SAVE_AS}")
    if suffix in (".xlsb", ".ods", ".numbers"):
        raise FileRefused("wrong_kind", f"{suffix} 格式不能上传。{_SAVE_AS}")


def _refuse_text_name(suffix: str) -> None:
    if suffix in _TEXT_NAMES:
        raise FileRefused("mismatch", f"扩展名是 {suffix}，内容却是 Excel 文件，请改回 .xlsx 或 .xls 再上传。")


def _ole_kind(data: bytes) -> str:
    if _has_stream(data, "EncryptedPackage") or _has_stream(data, "EncryptionInfo"):
        raise encrypted()
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return XLS
    raise FileRefused("wrong_kind", "这不是 Excel 工作簿，请上传 .xlsx、.xls 或 .csv 文件。")


def encrypted() -> FileRefused:
    return FileRefused(
        "encrypted",
        "文件设了打开密码，读不了。请在 Excel 里打开，选“文件—信息—保护工作簿—用密码进行加密”，"
        "把密码删空后保存，再上传。",
    )


def _has_stream(data: bytes, name: str) -> bool:
    """Whether the OLE directory lists a stream: its name stands there in UTF-16, closed by a zero."""
    return (name + "\0").encode("utf-16-le") in data


def _looks_like_markup(data: bytes) -> bool:
    head = data[:2048].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").strip(b"\xff\xfe \t\r\n").lower()
    return head.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<workbook", b"mime-version:", b"<meta"))
