"""bin/run: from a bare clone to an answering portal, then watch over it until somebody stops it."""

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

from . import environment, services
from .console import Refusal, aligned, say
from .places import Places, has_command, require_space
from .postgres import free_port
from .preparation import collect_static, load_demo, prepare_database
from .sharing import Ownership, take_for_run
from .supervisor import Child, Stopped, Supervisor

TICK_EVERY_S = 300.0
WEB_S = 90.0
RUNNING_MB = 100
STAGE_PORTAL = 2


def run(places: Places) -> int:
    """Returns 0 after an orderly stop. Raises Refusal before anything slow when the start cannot succeed."""
    host, port = os.environ.get("HOST") or "127.0.0.1", port_wanted()
    places.make()
    ownership = Ownership(places, "run")
    take_for_run(ownership)
    require_free(host, port)
    require_space(places.var, RUNNING_MB)
    environment.ensure(places)
    with Supervisor(places.logs) as supervisor:
        try:
            addresses = services.start(places, supervisor)
            prepare_database(places, supervisor, addresses, thorough=True)
            load_demo(places, supervisor, addresses)
            collect_static(places, supervisor, addresses)
            ownership.publish(supervisor, address=f"http://{host}:{port}/", **addresses)
            start_portal(places, supervisor, addresses, host, port)
            show_doors(places, supervisor, addresses, port)
            while True:
                supervisor.step(60.0)
        except Stopped:
            say("正在停止 …")
        finally:
            ownership.withdraw(supervisor, after_users=False)
    say("已停止。")
    return 0


def serve(places: Places, arguments: list[str]) -> int:
    """The services and the named processes below CADRE_VAR_DIR, for process tests and drills; no doors, no demo."""
    host, port = "127.0.0.1", int(os.environ.get("PORT") or free_port())
    names = [argument for argument in arguments if not argument.startswith("-")]
    places.make()
    ownership = Ownership(places, "serve")
    if not ownership.take():
        raise Refusal(f"{places.var} is in use")
    with Supervisor(places.logs) as supervisor:
        try:
            addresses = services.start(places, supervisor, durable="--no-fsync" not in arguments)
            if "--no-schema" not in arguments:
                prepare_database(places, supervisor, addresses)
            for child in portal_children(places, services.environment(places, addresses), host, port):
                if child.name in names:
                    supervisor.start(child)
            ownership.publish(supervisor, address=f"http://{host}:{port}/", **addresses)
            while True:
                supervisor.step(60.0)
        except Stopped:
            return 0
        finally:
            ownership.withdraw(supervisor, after_users=False)


def port_wanted() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT 应是 1 到 65535 之间的数字，现在是“{text}”。")
    return int(text)


def require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Refusal(f"当前用户不能使用端口 {port}，请换一个 1024 以上的：PORT=8001 bin/run") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8001
            raise Refusal(f"端口 {port} 已被别的程序占用。请换一个再运行，例如：PORT={other} bin/run") from error


def start_portal(places: Places, supervisor: Supervisor, addresses: dict[str, str], host: str, port: int) -> None:
    say("启动网站和后台任务 …")
    env = services.environment(places, addresses)
    web, *others = portal_children(places, env, host, port)
    supervisor.start(web)
    supervisor.wait_until(lambda: answers(port), child=web, seconds=WEB_S)
    for child in others:
        supervisor.start(child)


def portal_children(places: Places, env: dict[str, str], host: str, port: int) -> list[Child]:
    """Web first. The tick does by hand, every five minutes, what beat does, so that a dead beat stops no reminder."""
    python = str(places.python)
    celery = [python, "-m", "celery", "-A", "cadre_portal"]
    web = [python, "-m", "gunicorn", "cadre_portal.wsgi:application", "--bind", f"{host}:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60"]
    web += ["--graceful-timeout", "8", "--preload", "--no-control-socket"]
    worker = [
        *celery,
        "worker",
        "--loglevel",
        "INFO",
        "--concurrency",
        "2",
        "--without-gossip",
        "--without-mingle",
    ]

    def child(name: str, label: str, command: list[str], **options) -> Child:
        return Child(name, label, command, env, stage=STAGE_PORTAL, folder=places.root, **options)

    return [
        child("web", "网站", web),
        # Any softer end waits for the broker, which died with the supervisor; unfinished tasks are redelivered.
        child("worker", "后台任务", worker, orphan_signal=signal.SIGKILL),
        child("beat", "定时器", [*celery, "beat", "--loglevel", "INFO", "--pidfile="]),
        child("tick", "定时检查", services.manage(places, "tick"), every=TICK_EVERY_S),
    ]


def answers(port: int) -> bool:
    """Whether the web process answers; any status is an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):  # noqa: S310 (a fixed scheme)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def show_doors(places: Places, supervisor: Supervisor, addresses: dict[str, str], port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    say(f"\n老干部服务平台已就绪\n  公共网站    {base}/\n  工作人员    {base}/admin/\n  支部工作台  {base}/branch/\n")
    if accounts := demo_accounts(places, supervisor, addresses):
        lines = "\n".join("  " + line for line in aligned(accounts))
        say(f"演示账号（登录名、身份、姓名、密码）\n{lines}\n")
    say(f"数据目录：{data_folder(places)}    日志：{places.logs}")
    say("按 Ctrl-C 停止；再次运行 bin/run 会接着使用原来的数据；bin/reset 全部删除。")


def demo_accounts(places: Places, supervisor: Supervisor, addresses: dict[str, str]) -> list[list[str]]:
    """Rows that the command of that name prints; the children are looked after and Ctrl-C is heard meanwhile."""
    if not has_command(places, "demo_accounts"):
        return []
    said = places.logs / "demo_accounts.log"
    said.unlink(missing_ok=True)
    env = services.environment(places, addresses) | {"PYTHONWARNINGS": "ignore"}
    supervisor.call(services.manage(places, "demo_accounts"), env, folder=places.root, log=said.stem)
    return [line.split("\t") for line in said.read_text(encoding="utf-8").splitlines() if "\t" in line]


def data_folder(places: Places) -> Path:
    postgres = places.var / "postgres"
    return postgres.resolve() if postgres.exists() else places.var
