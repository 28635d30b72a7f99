"""Secrets that the launcher makes for its own portal, each once, in files that only the account can read.

A bureau's production servers get theirs from outside; a variable (or its `_FILE` form) that is set is left alone.
"""

import json
import os
import secrets

from .places import Places, write_private


def portal_keys(places: Places) -> dict[str, str]:
    """Signing key, key ring of the encrypted fields and key of the blind indexes, as environment variables."""
    made = stored(
        places,
        "portal.json",
        lambda: {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "FIELD_KEYS": f"1:{secrets.token_hex(32)}",
            "BLIND_INDEX_KEY": secrets.token_hex(32),
        },
    )
    return {name: key for name, key in made.items() if not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))}


def database_passwords(places: Places) -> dict[str, str]:
    """Passwords of the embedded server's three roles: superuser, owner and application."""
    return stored(
        places,
        "database.json",
        lambda: {role: secrets.token_urlsafe(24) for role in ("postgres", "cadre_owner", "cadre_app")},
    )


def stored(places: Places, name: str, make) -> dict[str, str]:
    path = places.secrets / name
    if not path.exists():
        write_private(path, json.dumps(make()))
    return json.loads(path.read_text(encoding="utf-8"))
