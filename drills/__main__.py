"""Entry of bin/drill, inside the environment."""

import sys

from cadre_portal.embedded.campaign import DRILL_KEYS, main

sys.exit(main("drills", DRILL_KEYS, sys.argv[1:]))
