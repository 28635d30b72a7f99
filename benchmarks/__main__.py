"""Entry of bin/bench, inside the environment."""

import sys

import django

from cadre_portal.embedded.campaign import BENCH_KEYS, main

django.setup()
sys.exit(main("benchmarks", BENCH_KEYS, sys.argv[1:]))
