"""Drills, run by `bin/drill NAME…`. A module `drills/NAME.py` offers `run() -> list[dict]`, one dict a row with
exactly the keys of `campaign.DRILL_KEYS`; it starts portals of its own with `cadre_portal.embedded.stack.Stack`."""
