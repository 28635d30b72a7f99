"""The sealer: chains audit entries of finished transactions, so that no writer waits for another (design 3)."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from .models import AuditSeal

SEAL_LOCK = 7_240_001

ROWS = """
SELECT e.xid, e.id, e.at, e.actor_id, e.on_behalf_of, e.action, e.fields, e.reason, e.address, e.target,
       (SELECT array_agg(s.person_id ORDER BY s.id) FROM common_auditsubject s WHERE s.entry_id = e.id)
FROM common_auditentry e WHERE e.xid >= %s AND e.xid < %s ORDER BY e.xid, e.id
"""


def _key() -> bytes:
    return hmac.digest(settings.BLIND_INDEX_KEY, b"audit-seal", hashlib.sha256)


def _digest(previous: bytes, from_xid: int, until_xid: int) -> tuple[bytes, int]:
    mac = hmac.new(_key(), previous, hashlib.sha256)
    count = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, [from_xid, until_xid])
        for row in cursor:
            mac.update(repr(tuple(row)).encode())
            count += 1
    return mac.digest(), count


def seal_committed() -> AuditSeal | None:
    """Seal all entries of transactions older than every running one; None when there is nothing new."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
            if not cursor.fetchone()[0]:
                return None
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            until_xid = cursor.fetchone()[0]
        last = AuditSeal.objects.order_by("-id").first()
        from_xid = last.until_xid if last else 0
        if until_xid <= from_xid:
            return None
        digest, count = _digest(bytes(last.digest) if last else b"", from_xid, until_xid)
        if not count:
            return None
        return AuditSeal.objects.create(
            from_xid=from_xid, until_xid=until_xid, entry_count=count, digest=digest, previous=last
        )


@dataclass(frozen=True)
class ChainReport:
    seals: int
    entries: int
    broken_seal: int | None


def verify_chain() -> ChainReport:
    """Recompute every seal in order; `broken_seal` is the id of the first that does not match."""
    previous, from_xid, entries, seals = b"", 0, 0, 0
    with transaction.atomic():
        for seal in AuditSeal.objects.order_by("id"):
            digest, count = _digest(previous, from_xid, seal.until_xid)
            if seal.from_xid != from_xid or digest != bytes(seal.digest) or count != seal.entry_count:
                return ChainReport(seals, entries, seal.pk)
            previous, from_xid = digest, seal.until_xid
            entries, seals = entries + count, seals + 1
    return ChainReport(seals, entries, None)
