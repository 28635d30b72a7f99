"""A photo as it is kept: the right way up, no larger than a page needs, and nothing in it but the picture.

A telephone writes into its photos where and when they were taken, by whom, and often a small second picture; none of
that belongs into a record. What cannot be read as a picture is refused with a sentence.
"""

import io
import warnings
from pathlib import PurePath

from PIL import Image, ImageOps

from .errors import BusinessError
from .scans import MOST_BYTES, Scan

LONGEST_SIDE = 1600
QUALITY = 85
# A photo of a good telephone has 50 million dots; beyond this it is a trap that unpacks into the whole memory.
MOST_DOTS = 80_000_000
KINDS = ("JPEG", "PNG", "WEBP", "MPO")
IMAGES = ".jpg,.jpeg,.png,.webp"
HELP = "JPG、PNG 或 WebP 照片，每张不超过 10 MB；会自动缩小，并去掉照片里的位置等信息"
BROKEN = "这张照片打不开，可能没有传完整。请重新选一张。"


def clean_photo(data: bytes, *, field: str = "photo") -> bytes:
    """A JPEG of at most 1600 px, turned upright, without any metadata; see-through parts become white.

    BusinessError of `field` for what is no photo, broken, too large or too many dots. Nothing is unpacked before the
    head of the file was checked.
    """
    if len(data) > MOST_BYTES:
        raise BusinessError("照片超过 10 MB，请缩小后再传。", code="too_large", field=field)
    try:
        with warnings.catch_warnings():
            # Our own limit is the one that counts, in words that a user understands.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _clean(data, field)
    except Image.DecompressionBombError as error:
        raise _too_many(field) from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError) as error:
        # What Pillow raises for a broken file, by kind and by where it breaks.
        raise BusinessError(BROKEN, code="broken", field=field) from error


def read_photo(file, *, field: str = "photo") -> Scan:
    """The uploaded file as it is kept (`clean_photo`), under a name that ends as what it is now."""
    if file.size > MOST_BYTES:
        raise BusinessError("照片超过 10 MB，请缩小后再传。", code="too_large", field=field)
    file.seek(0)
    stem = "".join(letter for letter in PurePath(file.name or "").stem if letter.isprintable())[:80]
    return Scan(clean_photo(file.read(), field=field), f"{stem or '照片'}.jpg", "image/jpeg")


def _clean(data: bytes, field: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=KINDS) as picture:
        if picture.width * picture.height > MOST_DOTS:
            raise _too_many(field)
        # A JPEG is unpacked at the size that is needed.
        picture.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # Painted on a new sheet: nothing of the old file's head comes along.
    sheet = Image.new("RGB", upright.size, "white")
    shown = upright.convert("RGBA")
    sheet.paste(shown, mask=shown.getchannel("A"))
    stream = io.BytesIO()
    sheet.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return stream.getvalue()


def _too_many(field: str) -> BusinessError:
    return BusinessError("照片尺寸太大，请换一张普通大小的。", code="too_many_dots", field=field)
