"""The caller's side: starts the child, hands it the file, takes plain values back."""

import datetime as dt
import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .limits import DEFAULT, Limits
from .sheet import FileRefused, Sheet

_ROOT = Path(__file__).resolve().parents[3]
_CHILD = "apps.common.workbook.child"
_TOO_LARGE = FileRefused("too_large", "文件内容太多，读取时超出了内存限制。请删去多余的空行空列，或分成几个文件上传。")
_TIMEOUT = FileRefused("timeout", "读取文件用时过长，已停止。请分成几个文件上传。")
_DAMAGED = FileRefused("damaged", "文件已损坏，打不开。请在 Excel 里另存一份再上传。")


@dataclass(frozen=True, slots=True)
class Upload:
    """What was read of an upload: its sheets, and the names of files in a zip that are no tables."""

    sheets: list[Sheet]
    unread: list[str]


def read(data: bytes, filename: str, limits: Limits = DEFAULT) -> list[Sheet]:
    """The sheets of an uploaded .xlsx, .xls or .csv file, or of a .zip of them. Raises FileRefused for anything else.

    Blocks until the child has finished (25,000 rows of 16 columns: about a second), so it belongs into a
    job, not into a request. The child gets no environment of ours: no database address, no keys.
    """
    return read_upload(data, filename, limits).sheets


def read_upload(data: bytes, filename: str, limits: Limits = DEFAULT, *, is_bundle: bool = False) -> Upload:
    """The same with what was passed over. `is_bundle`: `data` is a zip that `pack_files` made of several uploads."""
    if len(data) > limits.file_size and not is_bundle:
        raise FileRefused("too_large", f"文件超过 {limits.file_size // 1024 // 1024} MB，请分成几个文件上传。")
    about = {"filename": filename, "limits": asdict(limits), "is_bundle": is_bundle}
    header = json.dumps(about).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-B", "-m", _CHILD],
            input=header + data,
            capture_output=True,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _TIMEOUT from error
    if done.returncode:
        raise _reason(done)
    return _collect(done.stdout)


def _reason(done: subprocess.CompletedProcess[bytes]) -> FileRefused:
    """A child that was stopped: by the clock, by memory (Rust and C abort), or by a fault in the file."""
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return _TIMEOUT
    if done.returncode == -signal.SIGABRT or b"MemoryError" in done.stderr or b"memory allocation" in done.stderr:
        return _TOO_LARGE
    return _DAMAGED


def _collect(output: bytes) -> Upload:
    sheets: list[Sheet] = []
    unread: list[str] = []
    is_done = False
    for line in output.splitlines():
        answer = json.loads(line)
        if "refused" in answer:
            raise FileRefused(*answer["refused"])
        if "sheet" in answer:
            sheets.append(_sheet(answer["sheet"]))
        elif "rows" in answer:
            _add(sheets[-1].rows, answer)
        elif "unread" in answer:
            unread.append(answer["unread"])
        else:
            is_done = True
    if not is_done:
        raise _DAMAGED
    return Upload(sheets, unread)


def _sheet(about: dict[str, Any]) -> Sheet:
    return Sheet(
        name=about["name"],
        rows=[],
        merged=[tuple(corners) for corners in about["merged"]],
        hidden_rows=about["hidden_rows"],
        is_hidden=about["is_hidden"],
        file=about["file"],
    )


def _add(rows: list[list[Any]], batch: dict[str, Any]) -> None:
    rows.extend(batch["rows"])
    for place, column, text in batch["dates"]:
        rows[place][column] = dt.datetime.fromisoformat(text) if len(text) > 10 else dt.date.fromisoformat(text)
