"""`bin/bench import`, as the issues call it: see import_roster."""

from .import_roster import run

__all__ = ["run"]
