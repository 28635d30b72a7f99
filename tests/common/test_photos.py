"""Photos are kept upright, small and bare."""

import io
import struct
import zlib

import pytest
from PIL import Image

from apps.common.errors import BusinessError
from apps.common.photos import LONGEST_SIDE, clean_photo

ORIENTATION, MAKER, PLACE = 0x0112, 0x010F, 0x8825


def photo(size=(40, 20), kind="JPEG", mode="RGB", colour="red", **more) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, kind, **more)
    return stream.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(clean_photo(data)))


def test_a_photo_is_turned_upright_and_loses_place_and_maker():
    told = Image.Exif()
    told[ORIENTATION], told[MAKER], told[PLACE] = 6, "某手机", {1: "N", 2: (30.0, 30.0, 0.0)}

    kept = opened(photo(exif=told))

    assert (kept.format, kept.size) == ("JPEG", (20, 40))
    assert not kept.getexif()
    assert "exif" not in kept.info
    assert "某手机".encode() not in clean_photo(photo(exif=told))


def test_a_large_photo_is_shrunk_and_a_small_one_is_not_blown_up():
    assert opened(photo((4000, 2000))).size == (LONGEST_SIDE, 800)
    assert opened(photo((40, 20))).size == (40, 20)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK")])
def test_other_kinds_become_jpeg(kind, mode):
    assert opened(photo(kind=kind, mode=mode, colour=0)).format == "JPEG"


def test_see_through_parts_become_white():
    kept = opened(photo(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))

    assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_comment_and_text_chunks_are_gone():
    assert b"secret-note" not in clean_photo(photo(comment=b"secret-note"))


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0 not a photo", photo((400, 400))[:300], photo(kind="GIF", mode="P"),
     photo(kind="PNG")[:50]],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_a_sentence(data):
    with pytest.raises(BusinessError) as refusal:
        clean_photo(data, field="before")

    assert (refusal.value.code, refusal.value.field) == ("broken", "before")


def bomb(side: int) -> bytes:
    """A PNG that says it is `side` dots wide and high, in a few hundred bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side):
    with pytest.raises(BusinessError) as refusal:
        clean_photo(bomb(side))

    assert refusal.value.code == "too_many_dots"


def test_a_file_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("apps.common.photos.MOST_BYTES", 10)

    with pytest.raises(BusinessError, match="10 MB"):
        clean_photo(photo())
