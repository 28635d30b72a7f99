"""Benchmarks, run by `bin/bench NAME…`. A module `benchmarks/NAME.py` offers `run() -> list[dict]`, one dict a row
with exactly the keys of `campaign.BENCH_KEYS`; it finds Django set up and a migrated database that is kept between
runs, and clears what it made."""
