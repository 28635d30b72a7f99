"""Where things of one clone live on the disk."""

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from .console import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Places:
    """Folders of one clone. `var` holds all that is made at run time; a test run has its own below it."""

    root: Path
    var: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The clone's own environment; without one (tests in another environment) the Python that runs this."""
        own = self.venv / "bin" / "python"
        return own if own.exists() else Path(sys.executable)

    @property
    def site_packages(self) -> Path:
        """Where the packages of `python` are."""
        return next((self.venv / "lib").glob("python3*/site-packages"), Path(sysconfig.get_path("purelib")))

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    def make(self) -> None:
        """Create the folders; only `var` itself may be entered by others (the database's account may need to)."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.var.chmod(0o755)
        (self.var / "static").mkdir(exist_ok=True)
        for private in (self.logs, self.secrets, self.var / "media"):
            private.mkdir(mode=0o700, exist_ok=True)


def of_this_clone() -> Places:
    return Places(ROOT, Path(os.environ.get("CADRE_VAR_DIR") or ROOT / "var").absolute())


def has_command(places: Places, name: str) -> bool:
    """Whether the portal has the management command `name`, without starting Django."""
    return any((places.root / "apps").glob(f"*/management/commands/{name}.py"))


def require_space(path: Path, megabytes: int) -> None:
    """Refuse before slow work when the disk cannot hold it."""
    free = shutil.disk_usage(path).free // 1_000_000
    if free < megabytes:
        raise Refusal(
            f"磁盘空间不足：{path} 所在的磁盘只剩 {free} MB，这一步至少需要 {megabytes} MB。"
            "请清出空间后再运行一次，会接着来。"
        )


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by the current account only."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
