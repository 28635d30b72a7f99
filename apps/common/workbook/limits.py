"""How large an uploaded file may be. The defaults are those of the bureau's roster, with room."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. `memory` is what parsing may take beyond the bare interpreter.

    They hold for one upload, all its files and sheets together; `members`, `columns` and `cell` for each file.
    """

    file_size: int = 10 * MB
    members: int = 1000
    files: int = 300
    sheets: int = 300
    unpacked: int = 100 * MB
    ratio: int = 100
    rows: int = 60_000
    columns: int = 100
    cell: int = 2_000
    cpu_seconds: int = 60
    wall_seconds: int = 120
    memory: int = 250 * MB


DEFAULT = Limits()
