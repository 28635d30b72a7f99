"""What a media file really is, whatever its name says, and whether it is whole: read from its first boxes, in steps, so
that a file of gigabytes costs no memory. Pure: a file object in, facts or a sentence out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MB = 1024 * 1024
BROKEN = "这个文件不完整，可能没有传完或者没有存好。请重新选一个。"
# Brands of MP4 files that browsers play; a QuickTime film or a picture has others.
VIDEO_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV")
AUDIO_BRANDS = (b"M4A ", b"M4B ")
# What moov may take: it lists each picture of the film; an hour takes about 2 MB.
MOST_MOOV = 64 * MB
MOST_BOXES = 10_000


@dataclass(frozen=True)
class Media:
    """`seconds` is None where it cannot be read without playing the file."""

    content_type: str
    ending: str
    seconds: int | None = None


class NotMedia(ValueError):
    """A sentence for whoever chose the file."""


def look_at_video(file: BinaryIO, size: int) -> Media:
    """An MP4 with H.264 pictures, whole from its first to its last byte. Raises NotMedia."""
    head = _head(file)
    if head[4:8] != b"ftyp" or head[8:12] not in VIDEO_BRANDS:
        raise NotMedia("视频要用 MP4 格式。请用剪辑软件导出成 MP4（H.264）再传。")
    moov = _moov(file, size)
    if b"avc1" not in moov and b"avc3" not in moov:
        raise NotMedia("这个 MP4 里不是 H.264 的画面，有的电脑和手机放不出来。请重新导出成 H.264。")
    return Media("video/mp4", "mp4", _duration(moov))


def look_at_audio(file: BinaryIO, size: int) -> Media:
    """MP3, M4A or WAV. Raises NotMedia."""
    head = _head(file)
    if head[4:8] == b"ftyp" and head[8:12] in AUDIO_BRANDS:
        return Media("audio/mp4", "m4a", _duration(_moov(file, size)))
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Media("audio/wav", "wav", _wav_seconds(head, size))
    if head[:3] == b"ID3" or (head[0:1] == b"\xff" and len(head) > 2 and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return Media("audio/mpeg", "mp3")
    raise NotMedia("音频要用 MP3、M4A 或 WAV 格式，请转换以后再传。")


def look_at_handout(file: BinaryIO, size: int) -> Media:
    """A PDF. Raises NotMedia."""
    if not _head(file).startswith(b"%PDF-"):
        raise NotMedia("讲义要用 PDF 格式。请在 Word 里“另存为 PDF”再传。")
    return Media("application/pdf", "pdf")


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(64)


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, where its content begins, where it ends) of the outermost boxes; NotMedia where they do not fit."""
    at = 0
    for _ in range(MOST_BOXES):
        if at == size:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise NotMedia(BROKEN)
        length, kind, start = struct.unpack(">I", head[:4])[0], head[4:8], 8
        if length == 1 and len(head) == 16:
            length, start = struct.unpack(">Q", head[8:])[0], 16
        elif length == 0:
            length = size - at
        if length < start or at + length > size:
            raise NotMedia(BROKEN)
        yield kind, at + start, at + length
        at += length
    raise NotMedia(BROKEN)


def _moov(file: BinaryIO, size: int) -> bytes:
    """The box that says how the film is put together; there must be one, and pictures or sound beside it."""
    places = {kind: (start, end) for kind, start, end in _boxes(file, size)}
    if b"moov" not in places or b"mdat" not in places:
        raise NotMedia(BROKEN)
    start, end = places[b"moov"]
    if end - start > MOST_MOOV:
        raise NotMedia(BROKEN)
    file.seek(start)
    return file.read(end - start)


def _duration(moov: bytes) -> int | None:
    at = moov.find(b"mvhd")
    body = moov[at + 4 : at + 36] if at >= 0 else b""
    if len(body) < 32:
        return None
    scale, length = struct.unpack(">IQ", body[20:32]) if body[0] == 1 else struct.unpack(">II", body[12:20])
    return _sane(length / scale) if scale else None


def _wav_seconds(head: bytes, size: int) -> int | None:
    if struct.unpack("<I", head[4:8])[0] + 8 > size:
        raise NotMedia(BROKEN)
    rate = struct.unpack("<I", head[28:32])[0] if head[12:16] == b"fmt " and len(head) >= 44 else 0
    return _sane((size - 44) / rate) if rate else None


def _sane(seconds: float) -> int | None:
    """Nobody lectures for longer than a day: what says so is no length."""
    return round(seconds) if 0 <= seconds < 86_400 else None
