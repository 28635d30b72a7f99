"""Every page of every staff menu of the demo city, wide and on a phone: axe, no sideways scrolling, a clean console.

`lost`: pages on which something is wrong; what it is goes to standard error. `bin/test` looks at one page of each
template; this takes them all, for each role, with the data of the city. PAGES_USERS="jingban daxue"
walks for these only.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cadre_portal.embedded.places import ROOT
from tests.portal.city import running


def run() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="drill-") as folder, running(Path(folder)) as city:
        done = subprocess.run(
            [sys.executable, "-m", "drills.pages_scene", city.base],
            env=city.stack.environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=7200,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError("the walk broke off; see above")
        return json.loads(done.stdout)
