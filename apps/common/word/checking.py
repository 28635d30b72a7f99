"""The container of an uploaded .docx, looked over before anything parses it."""

import io
import zipfile

from apps.common.workbook.archive import check_directory
from apps.common.workbook.limits import Limits
from apps.common.workbook.sheet import FileRefused

MOST_BYTES = 5 * 1024 * 1024
LIMITS = Limits(file_size=MOST_BYTES, unpacked=60 * 1024 * 1024, members=400)
NOT_WORD = "这不是 .docx 文档。请在 Word 或 WPS 里另存为“Word 文档（.docx）”再上传。"


def check_docx(data: bytes) -> None:
    """Raises FileRefused with a sentence unless `data` is a plain .docx: size, directory, no macros, no entities, no
    links that Word would fetch when it opens the paper."""
    if len(data) > MOST_BYTES:
        raise FileRefused("too_large", "模板超过 5 MB，请删去大图片再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            check_directory(members, len(data), LIMITS, what="模板")
            names = {member.filename for member in members}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise FileRefused("macros", "模板里带有宏，不能使用。请另存为不带宏的 .docx。")
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise FileRefused("wrong_kind", NOT_WORD)
            for member in members:
                _check_part(member.filename, archive.read(member))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise FileRefused("wrong_kind", NOT_WORD) from error


def _check_part(name: str, content: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FileRefused("xml_entities", "模板里有不该出现的实体声明，可能不安全，不能使用。")
    if name.lower().endswith(".rels") and b"attachedTemplate" in content:
        raise FileRefused("outside", "模板连着另一个模板文件。请在 Word 里另存为新的 .docx 再上传。")
