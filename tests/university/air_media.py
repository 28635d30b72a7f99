"""Tiny media files, made here: whole, cut off, or something else under a friendly name."""

import io
import struct
import wave

from django.core.files.uploadedfile import SimpleUploadedFile


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(*, codec: bytes = b"avc1", seconds: int = 125, pictures: int = 5000, brand: bytes = b"isom") -> bytes:
    """An MP4 as far as its boxes go; nothing in it can be played."""
    header = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80)
    moov = box(b"moov", box(b"mvhd", header) + box(b"trak", box(b"stsd", codec + bytes(8))))
    return box(b"ftyp", brand + bytes(4)) + moov + box(b"mdat", bytes(range(256)) * (pictures // 256 + 1))


def wav(seconds: int = 1) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return stream.getvalue()


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
