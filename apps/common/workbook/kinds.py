"""What a file really is, by its content; the name alone is not believed."""

from pathlib import PurePath

from .sheet import FileRefused

XLSX, XLS, CSV, ZIP = "xlsx", "xls", "csv", "zip"

_EMPTY_ZIP = b"PK\x05\x06"
_OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NAMES = frozenset({".csv", ".txt", ".tsv"})
_SAVE_AS = "请在 Excel 或 WPS 里打开，用“另存为”存成 .xlsx 工作簿后再上传。"


WPS_NAMES = frozenset({".et", ".ett"})
# Names under which a zip without the parts of a workbook is a workbook gone wrong, not a packed folder.
_WORKBOOK_NAMES = frozenset({".xlsx", ".xls"})


def kind_of(data: bytes, filename: str) -> str:
    """xlsx, xls, csv or zip. Raises FileRefused for everything else, with the way out."""
    suffix = PurePath(filename).suffix.lower()
    if not data:
        raise FileRefused("empty", "文件是空的，请重新选择文件。")
    _refuse_by_name(suffix)
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        _refuse_text_name(suffix)
        return XLSX if suffix in _WORKBOOK_NAMES or _holds_parts(data) else ZIP
    if data.startswith(_OLE):
        _refuse_text_name(suffix)
        return _ole_kind(data)
    if data.startswith(_OTHER_ARCHIVES) or suffix in (".rar", ".7z"):
        raise FileRefused("wrong_kind", "只能解开 .zip 压缩包。请把里面的表格一起选上，或改存为 .zip 再上传。")
    if suffix in WPS_NAMES:
        raise wps(suffix)
    if _looks_like_markup(data):
        raise FileRefused("web_page", f"这个文件的内容是网页或 XML，只是改了扩展名。{_SAVE_AS}")
    if suffix in _TEXT_NAMES:
        return CSV
    if suffix in _WORKBOOK_NAMES:
        raise FileRefused("mismatch", f"扩展名是 {suffix}，内容却不是 Excel 工作簿。{_SAVE_AS}")
    raise FileRefused("wrong_kind", "只能上传 .xlsx、.xls、.csv 文件，或装着它们的 .zip 压缩包。")


def wps(suffix: str) -> FileRefused:
    return FileRefused("wps", f"这是 WPS 表格自己的格式（{suffix}），读不了。{_SAVE_AS}")


def _refuse_by_name(suffix: str) -> None:
    if suffix in (".wps", ".wpt", ".doc", ".docx", ".pdf"):
        raise FileRefused("wrong_kind", f"{suffix} 不是表格。请把内容放进 Excel 或 WPS 表格，存成 .xlsx 再上传。")
    if suffix in (".xlsm", ".xltm", ".xlam"):
        raise FileRefused("macros", f"带宏的工作簿（{suffix}）不能上传。{_SAVE_AS}")
    if suffix in (".xlsb", ".ods", ".numbers"):
        raise FileRefused("wrong_kind", f"{suffix} 格式不能上传。{_SAVE_AS}")


def _holds_parts(data: bytes) -> bool:
    """Whether the directory of a zip lists the part that every Office file has."""
    return b"[Content_Types].xml" in data


def _refuse_text_name(suffix: str) -> None:
    if suffix in _TEXT_NAMES:
        raise FileRefused("mismatch", f"扩展名是 {suffix}，内容却是 Excel 文件，请改回 .xlsx 或 .xls 再上传。")


def _ole_kind(data: bytes) -> str:
    if _has_stream(data, "EncryptedPackage") or _has_stream(data, "EncryptionInfo"):
        raise encrypted()
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return XLS
    raise FileRefused("wrong_kind", "这不是 Excel 工作簿，请上传 .xlsx、.xls 或 .csv 文件。")


def encrypted(what: str = "文件") -> FileRefused:
    if what == "压缩包":
        return FileRefused("encrypted", "压缩包设了密码，读不了。请重新压缩，不设密码，或把里面的表格一起选上。")
    return FileRefused(
        "encrypted",
        "文件设了打开密码，读不了。请用 Excel 或 WPS 打开，选“另存为”，存成 .xlsx，"
        "在“工具—常规选项”（WPS 是“加密”）里把密码删空，再上传存好的文件。",
    )


def _has_stream(data: bytes, name: str) -> bool:
    """Whether the OLE directory lists a stream: its name stands there in UTF-16, closed by a zero."""
    return (name + "\0").encode("utf-16-le") in data


def _looks_like_markup(data: bytes) -> bool:
    head = data[:2048].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").strip(b"\xff\xfe \t\r\n").lower()
    return head.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<workbook", b"mime-version:", b"<meta"))
