"""bin/reset: remove everything that the commands of this clone have made."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from .console import Refusal, say
from .places import Places
from .sharing import owner_of
from .valkey import short_folder

STOP_S = 90.0


def run(places: Places, arguments: list[str]) -> int:
    """Asks first, unless `--yes`. Stops a running portal. Removes data outside the clone too."""
    if set(arguments) - {"--yes"}:
        raise Refusal("用法：bin/reset [--yes]", code=2)
    doomed = [path for path in things_made(places) if path.exists() or path.is_symlink()]
    if not doomed:
        say("没有要删除的东西。")
        return 0
    say("将删除运行环境、数据库、上传的文件、密钥和日志：\n" + "\n".join(f"  {path}" for path in doomed))
    if "--yes" not in arguments and not confirmed():
        say("没有删除任何东西。")
        return 1
    stop_portal(places)
    for path in doomed:
        if path.is_symlink() or path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path)
    say("已全部删除。")
    return 0


def things_made(places: Places) -> list[Path]:
    """Outside things first, so that an interrupted reset still finds them by the links that are left."""
    outside = [
        link.resolve() for link in (*places.var.glob("postgres"), *places.var.glob("*/postgres")) if link.is_symlink()
    ]
    return [*outside, short_folder(places.var / "valkey"), places.var, places.venv]


def confirmed() -> bool:
    if not sys.stdin.isatty():
        raise Refusal("没有终端可以确认。确实要全部删除，请运行 bin/reset --yes。", code=2)
    say("这些数据无法找回。确定删除请输入 yes：")
    return input().strip().lower() == "yes"


def stop_portal(places: Places) -> None:
    if not (owner := owner_of(places)):
        return
    say(f"门户正在运行（进程 {owner['pid']}），先停止它 …")
    os.kill(owner["pid"], signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while owner_of(places):
        if time.monotonic() > deadline:
            raise Refusal("门户没有停下来，什么也没有删除。请到它的窗口按 Ctrl-C 后再试。")
        time.sleep(0.2)
