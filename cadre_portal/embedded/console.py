"""What the launcher says to the person at the terminal, in plain Chinese, on standard error."""

import errno
import sys
import unicodedata


class Refusal(Exception):
    """Ends the command with a sentence for the user and an exit code; never shown as a traceback."""

    def __init__(self, sentence: str, code: int = 1):
        super().__init__(sentence)
        self.code = code


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def sentence_of(error: OSError) -> str:
    """What to tell a user about an operating system error, with the remedy where one is known."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"磁盘已满，写不进去（{error.filename or '临时文件'}）。请清出空间后再运行一次，会接着来。"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            f"没有权限访问 {error.filename}。请确认它属于当前用户（若以前用 root 运行过，先用 root 运行 bin/reset）。"
        )
    if error.errno == errno.EROFS:
        return f"{error.filename} 所在的磁盘是只读的，请换一个可以写入的目录。"
    return f"系统返回错误：{error}"


def aligned(rows: list[list[str]]) -> list[str]:
    """Lines of a table whose columns line up although a Chinese character is two columns wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)) for row in rows
    ]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
