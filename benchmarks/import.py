"""`bin/bench import`: see import_roster, which is the same under a name that Python can import."""

from . import import_roster


def run() -> list[dict]:
    return import_roster.run()
