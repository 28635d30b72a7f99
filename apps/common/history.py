"""Change history: what a row was before each change, with who did it (design 3).

Only prior rows are kept: a new row costs nothing, the current row is the newest state. Ciphertext and search keys
are left out; a change of theirs is an audit entry that names the field.
"""

import pghistory


def track(*, exclude: tuple[str, ...] = ()):
    """Class decorator; bulk SQL is seen too, because a trigger writes the row."""
    return pghistory.track(pghistory.UpdateEvent("changed", row=pghistory.Old), exclude=list(exclude))
