"""What really reached a phone or a mailbox, kept in memory and, for other processes to read, line by line in a file."""

import json
import os
import threading
from pathlib import Path


class Journal:
    """Appends are whole lines written at once, so that a reader never sees half a message."""

    def __init__(self, path: Path | None = None):
        self.path = path
        self.lock = threading.Lock()
        self.entries: list[dict] = self.read(path) if path and path.exists() else []

    def add(self, **entry) -> None:
        with self.lock:
            self.entries.append(entry)
            if self.path:
                handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
                finally:
                    os.close(handle)

    def has(self, **wanted) -> bool:
        with self.lock:
            return any(all(entry.get(name) == value for name, value in wanted.items()) for entry in self.entries)

    @staticmethod
    def read(path: Path) -> list[dict]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
