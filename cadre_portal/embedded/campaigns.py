"""bin/bench and bin/drill: slow campaigns run by hand. The modules are in benchmarks/ and drills/."""

import os

from . import environment, services
from .console import Refusal, say
from .management import exit_code
from .places import Places, require_space
from .preparation import prepare_database
from .sharing import Ownership
from .supervisor import Supervisor

BENCH_MB = 3000
DRILL_MB = 1000


def run_benchmarks(places: Places, arguments: list[str]) -> int:
    """On an embedded cluster under var/bench that is kept between runs, because a large city takes long to load."""
    if not names_known(places, "benchmarks", arguments):
        return 2
    own = campaign_places(places, "bench", BENCH_MB)
    ownership = Ownership(own, "bench")
    if not ownership.take():
        raise Refusal("另一个 bin/bench 正在运行，请等它结束。")
    with Supervisor(own.logs) as supervisor:
        addresses = services.start(own, supervisor)
        prepare_database(own, supervisor, addresses)
        env = services.environment(own, addresses, owner=True)
        command = [str(places.python), "-m", "benchmarks", *arguments]
        return exit_code(supervisor.call(command, env, folder=places.root))


def run_drills(places: Places, arguments: list[str]) -> int:
    """A drill starts (and kills) portals of its own by `stack.Stack`, each in a folder under var/drill."""
    if not names_known(places, "drills", arguments):
        return 2
    own = campaign_places(places, "drill", DRILL_MB)
    with Supervisor(own.logs) as supervisor:
        command = [str(places.python), "-m", "drills", *arguments]
        return exit_code(supervisor.call(command, services.environment(own, {}), folder=places.root))


def campaign_places(places: Places, purpose: str, megabytes: int) -> Places:
    require_space(places.root, megabytes)
    environment.ensure(places, development=True)
    for variable in services.ADDRESSES:
        os.environ.pop(variable, None)
    own = Places(places.root, places.var / purpose)
    own.make()
    return own


def names_known(places: Places, folder: str, arguments: list[str]) -> bool:
    """Without a name, or with an unknown one, say which there are."""
    modules = (places.root / folder).glob("[a-z]*.py")
    known = sorted(path.stem for path in modules if "\ndef run(" in path.read_text(encoding="utf-8"))
    asked = [argument for argument in arguments if not argument.startswith("-")]
    if asked and set(asked) <= set(known):
        return True
    say(f"可选的名称（{folder}/）：{'、'.join(known) or '暂无'}。加 --json 则每行输出一个 JSON 对象。")
    return False
