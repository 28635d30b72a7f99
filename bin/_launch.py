"""Entry of every command in bin/: puts the project's root on the path and calls the launcher. Standard library only."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from cadre_portal.embedded.commands import main  # noqa: E402  (the path comes first)

sys.exit(main(sys.argv[1:]))
