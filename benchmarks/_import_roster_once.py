"""One import in a process of its own, as a worker does it: `python -m benchmarks._import_roster_once FILE KIND ROWS`
prints the seconds of preview and confirm; all ROWS rows must come out as KIND, new or unchanged."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from apps.registry.models import ImportBatch  # noqa: E402  (models need the set-up above)
from apps.registry.roster import batches  # noqa: E402
from apps.registry.roster.answers import Answers  # noqa: E402
from apps.registry.services import roster  # noqa: E402


def import_once(path: Path, kind: str, rows: int) -> dict:
    data = path.read_bytes()
    preview, batch = _timed(lambda: _checked(data))
    confirm, batch = _timed(lambda: _applied(batch))
    if batch.counts[kind] != rows:
        raise RuntimeError(str(batch.counts))
    return {"preview": preview, "confirm": confirm}


def _timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _checked(data: bytes) -> ImportBatch:
    batch = roster.keep_upload(data, "名册.xlsx", actor=None)
    batch.options = Answers(retire_type="retired", calendar="solar").as_json()
    batch.save(update_fields=["options"])
    batches.check_batch(batch)
    return batch


def _applied(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.APPLYING)
    return batches.apply_batch(batch.pk)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(import_once(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))) + "\n")
