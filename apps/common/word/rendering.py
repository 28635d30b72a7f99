"""The caller's side: starts the child, hands it the template and the values, takes documents back."""

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from apps.common.errors import BusinessError

_ROOT = Path(__file__).resolve().parents[3]
_CHILD = "apps.common.word.child"
CPU_SECONDS, MEMORY, WALL_SECONDS = 20, 512 * 1024 * 1024, 40
AT_ONCE = 40
WIDTH_MM = 30


def image(data: bytes, *, width_mm: int = WIDTH_MM) -> dict:
    """A picture as a value of a context."""
    return {"image": base64.b64encode(data).decode(), "width_mm": width_mm}


def render(template: bytes, contexts: Iterable[dict], known: Collection[str]) -> list[bytes]:
    """The template filled for each context, at most AT_ONCE of them; `known` names every placeholder there is.

    Raises BusinessError of `file` with a sentence that names the bad placeholder. Blocks for a second or two and some
    hundredths a document; the child gets no environment of ours.
    """
    contexts = list(contexts)
    if len(contexts) > AT_ONCE:
        raise ValueError(f"at most {AT_ONCE} at once")
    header = {"contexts": contexts, "known": sorted(known), "cpu_seconds": CPU_SECONDS, "memory": MEMORY}
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-B", "-m", _CHILD],
            input=json.dumps(header).encode() + b"\n" + template,
            capture_output=True,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal("填写模板用时过长，已停止。请删去模板里过多的循环。") from error
    if done.returncode:
        raise _stopped(done)
    return _documents(done.stdout)


def _stopped(done: subprocess.CompletedProcess[bytes]) -> BusinessError:
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return _refusal("填写模板用时过长，已停止。请删去模板里过多的循环。")
    if b"MemoryError" in done.stderr:
        return _refusal("模板太大，填写时超出了内存限制。请删去大图片或过多的循环。")
    return _refusal("这个模板填不出来，可能已经损坏。请在 Word 里另存一份再上传。")


def _documents(output: bytes) -> list[bytes]:
    documents = []
    for line in output.splitlines():
        answer = json.loads(line)
        if "refused" in answer:
            raise _refusal(answer["refused"])
        if "document" in answer:
            documents.append(base64.b64decode(answer["document"]))
    return documents


def _refusal(sentence: str) -> BusinessError:
    return BusinessError(sentence, code="template", field="file")
