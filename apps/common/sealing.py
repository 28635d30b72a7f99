"""The sealer: chains audit entries of finished transactions, so that no writer waits for another (design 3).

A seal covers the transactions [from_xid, until_xid) of one database cluster. `until_xid` is the oldest transaction
still running, so nothing can commit into a sealed span afterwards; a long transaction delays sealing, never escapes
it. A dump restored into another cluster begins a new span there, after what it brought along was sealed.
"""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from .models import AuditEntry, AuditSeal

SEAL_LOCK = 7_240_001

# One line of canonical text for each entry, whatever the driver, its version and the session's time zone.
LINES = """
SELECT jsonb_build_array(
    e.id, e.xid, e.cluster, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_id, e.on_behalf_of, e.action,
    to_jsonb(e.fields), e.reason, e.address, e.target, e.subject_count,
    (SELECT jsonb_agg(jsonb_build_array(s.id, s.person_id) ORDER BY s.id)
     FROM common_auditsubject s WHERE s.entry_id = e.id))::text
FROM common_auditentry e WHERE e.cluster = %s AND e.xid >= %s AND e.xid < %s ORDER BY e.xid, e.id
"""
NOW = "SELECT (pg_control_system()).system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True)
class Span:
    cluster: int
    from_xid: int
    until_xid: int


def _digest(previous: bytes, span: Span) -> tuple[bytes, int]:
    key = hmac.digest(settings.BLIND_INDEX_KEY, b"audit-seal", hashlib.sha256)
    mac = hmac.new(key, previous, hashlib.sha256)
    mac.update(f"{span.cluster}|{span.from_xid}|{span.until_xid}\n".encode())
    count = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINES, [span.cluster, span.from_xid, span.until_xid])
        for (line,) in cursor:
            mac.update(line.encode() + b"\n")
            count += 1
    return mac.digest(), count


def _sealed_until(cluster: int) -> int:
    return AuditSeal.objects.filter(cluster=cluster).aggregate(Max("until_xid"))["until_xid__max"] or 0


def _spans_of_former_clusters(current: int) -> list[Span]:
    """What a restored dump brought along unsealed; asked only until the first seal of the current cluster."""
    if AuditSeal.objects.filter(cluster=current).exists():
        return []
    former = AuditEntry.objects.exclude(cluster=current).order_by()
    rows = former.values("cluster").annotate(first=Min("id"), last=Max("xid")).order_by("first")
    return [Span(row["cluster"], _sealed_until(row["cluster"]), row["last"] + 1) for row in rows]


def _seal(span: Span) -> AuditSeal | None:
    if span.until_xid <= span.from_xid:
        return None
    previous = AuditSeal.objects.order_by("-id").first()
    digest, count = _digest(bytes(previous.digest) if previous else b"", span)
    if not count:
        return None
    return AuditSeal.objects.create(
        cluster=span.cluster,
        from_xid=span.from_xid,
        until_xid=span.until_xid,
        entry_count=count,
        digest=digest,
        previous=previous,
    )


@transaction.atomic
def seal_committed() -> AuditSeal | None:
    """Seal all entries of transactions older than every running one; None when there is nothing new, or when another
    sealer is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(NOW)
        cluster, oldest_running = cursor.fetchone()
    for span in _spans_of_former_clusters(cluster):
        _seal(span)
    return _seal(Span(cluster, _sealed_until(cluster), oldest_running))


@dataclass(frozen=True)
class ChainReport:
    """`broken_seal` is the id of the first seal that does not match; `unsealed` counts entries after the last one."""

    seals: int
    entries: int
    unsealed: int
    broken_seal: int | None
    head: str


@transaction.atomic
def verify_chain() -> ChainReport:
    """Recompute every seal in order. The head is worth writing down outside: it shows when the tail was cut off."""
    previous, reached, entries, seals = b"", {}, 0, 0
    for seal in AuditSeal.objects.order_by("id"):
        span = Span(seal.cluster, seal.from_xid, seal.until_xid)
        digest, count = _digest(previous, span)
        is_next = seal.from_xid == reached.get(seal.cluster, 0)
        if not is_next or digest != bytes(seal.digest) or count != seal.entry_count:
            return ChainReport(seals, entries, AuditEntry.objects.count() - entries, seal.pk, previous.hex())
        previous, reached[seal.cluster] = digest, seal.until_xid
        entries, seals = entries + count, seals + 1
    return ChainReport(seals, entries, AuditEntry.objects.count() - entries, None, previous.hex())
