"""The commands in bin/: which function serves which, and how anything that goes wrong is told."""

import signal

from . import campaigns, management, portal, reset, suite
from .console import Refusal, say, sentence_of
from .places import Places, of_this_clone
from .services import read_env_file
from .supervisor import Stopped

COMMANDS = {
    "run": lambda places, arguments: portal.run(places),
    "manage": management.run,
    "test": suite.run,
    "reset": reset.run,
    "bench": campaigns.run_benchmarks,
    "drill": campaigns.run_drills,
    "serve": portal.serve,
}


def main(arguments: list[str]) -> int:
    """Exit code of the command named first."""
    name, *rest = arguments
    places: Places = of_this_clone()
    signal.signal(signal.SIGTERM, interrupt)
    try:
        read_env_file(places.root / ".env")
        return COMMANDS[name](places, rest)
    except Refusal as refusal:
        say(str(refusal))
        return refusal.code
    except OSError as error:
        say(sentence_of(error))
        return 1
    except (KeyboardInterrupt, Stopped):
        say(f"\n已中断。再次运行 bin/{name} 会接着来。")
        return 130


def interrupt(number: int, frame: object) -> None:
    """SIGTERM ends what runs before there is a supervisor in the same way as Ctrl-C."""
    raise KeyboardInterrupt
