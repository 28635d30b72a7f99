"""A scanned document as people hand it in: what it really is, and how large it may be."""

from dataclasses import dataclass
from pathlib import PurePath

from .errors import BusinessError

MOST_BYTES = 10 * 1024 * 1024
# By its first bytes, whatever the name says.
KINDS = ((b"%PDF-", "application/pdf", "pdf"), (b"\xff\xd8\xff", "image/jpeg", "jpg"),
         (b"\x89PNG\r\n\x1a\n", "image/png", "png"))  # fmt: skip
ACCEPT = ".pdf,.jpg,.jpeg,.png"
HELP = "PDF、JPG 或 PNG，不超过 10 MB"


@dataclass(frozen=True)
class Scan:
    """A checked document: its bytes, the type they show, a name that ends as the type says."""

    data: bytes
    filename: str
    content_type: str


def read_scan(file, *, field: str = "scan") -> Scan:
    """The uploaded file, checked; BusinessError of `field` for one too large, empty or of another kind."""
    if file.size > MOST_BYTES:
        raise BusinessError("文件超过 10 MB，请压缩或分开扫描。", code="too_large", field=field)
    data = file.read()
    for start, content_type, ending in KINDS:
        if data.startswith(start):
            stem = "".join(letter for letter in PurePath(file.name or "").stem if letter.isprintable())[:80]
            return Scan(data, f"{stem or '文件'}.{ending}", content_type)
    raise BusinessError("这不是 PDF、JPG 或 PNG 文件，请换一个。", code="kind", field=field)
