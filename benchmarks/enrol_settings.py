"""Settings of `bin/bench enrol`: the portal as it is, with one more address, the minimal view beside it."""

from cadre_portal.settings.dev import *  # noqa: F403

ROOT_URLCONF = "benchmarks.enrol_floor"
