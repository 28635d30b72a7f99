"""Subtitles as people hand them in (WebVTT or SRT, UTF-8 or GB18030), written anew as plain WebVTT."""

import re

MOST_BYTES = 1024 * 1024
MOST_CUES = 5000
_TIME = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
# Colours, places and speakers of a cue are left out: the reader sets how large captions are.
MARKUP = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufeff]")


def clean_captions(data: bytes) -> str:
    """WebVTT with the times and words of `data` and nothing else. Raises ValueError with a sentence that says what is
    wrong and in which line."""
    if len(data) > MOST_BYTES:
        raise ValueError("字幕文件超过 1 MB，请检查是不是选错了文件。")
    lines = _text(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues, last = [], 0
    for number, line in enumerate(lines, 1):
        found = TIMING.match(line)
        if not found:
            continue
        starts, ends = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:])
        if ends <= starts or starts < last:
            raise ValueError(f"字幕第 {number} 行的时间不对：结束要晚于开始，后一句不能早于前一句。")
        last = starts
        cues.append(f"{_clock(starts)} --> {_clock(ends)}\n{_words(lines[number:])}")
        if len(cues) > MOST_CUES:
            raise ValueError(f"字幕超过 {MOST_CUES} 句，请检查是不是选错了文件。")
    if not cues:
        raise ValueError("没有找到字幕。请用 .vtt 或 .srt 文件，里面有“00:00:01,000 --> 00:00:04,000”这样的时间。")
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValueError("字幕文件的文字看不懂。请另存为 UTF-8 编码再传。")


def _words(lines: list[str]) -> str:
    """The text of a cue: up to the next empty line. An arrow would begin another cue, so it goes."""
    said = []
    for line in lines:
        if not line.strip() or TIMING.match(line):
            break
        said.append(_CONTROL.sub("", MARKUP.sub("", line)).replace("-->", "→").replace("<", "＜").replace("&", "＆"))
    # A cue without its empty line is followed by the number of the next.
    return "\n".join(line.strip() for line in said if line.strip()) or "　"


def _milliseconds(parts) -> int:
    hours, minutes, seconds, fraction = parts
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}.{rest:03d}"
