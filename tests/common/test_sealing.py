"""The seal chain: every committed entry in exactly one seal, whatever runs at the same time; every tampering seen."""

import random
import time
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.common import audit
from apps.common.models import AuditEntry, AuditSeal
from apps.common.sealing import seal_committed, verify_chain

# Among the slow: an entry is sealed once no older transaction runs on the server, those of another worker's database
# included, and there they are short.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process, pytest.mark.xdist_group("sealing")]

WRITE = "INSERT INTO common_auditentry (action, fields) VALUES (%s, '{}')"


def connect():
    return psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})


def sealed_times() -> list[int]:
    """For each entry, in how many seals it stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM common_auditseal s
                       WHERE s.cluster = e.cluster AND e.xid >= s.from_xid AND e.xid < s.until_xid)
               FROM common_auditentry e"""
        )
        return [row[0] for row in cursor.fetchall()]


def seal() -> AuditSeal | None:
    """Seal all there is, in one piece, after transactions of other databases on the same server that happen to run."""
    until = time.monotonic() + 60
    while older_transactions_run() and time.monotonic() < until:
        time.sleep(0.02)
    return seal_committed()


def older_transactions_run() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return AuditEntry.objects.filter(xid__gte=cursor.fetchone()[0]).exists()


def test_nothing_new_makes_no_seal():
    audit.record("a", actor=None)
    assert seal().entry_count == 1

    assert seal_committed() is None


def test_entry_of_a_running_transaction_waits_and_is_sealed_later():
    slow = connect()
    slow.cursor().execute(WRITE, ["slow"])
    for number in range(3):
        audit.record(f"quick{number}", actor=None)
    seal_committed()
    assert sealed_times() == [0, 0, 0], "nothing younger than the running transaction is sealed"

    slow.commit()
    slow.close()
    seal()
    assert sealed_times() == [1, 1, 1, 1]
    assert verify_chain().broken_seal is None


@pytest.mark.parametrize("seed", range(5))
def test_any_interleaving_seals_each_committed_entry_once(seed):
    """Property: six writers commit, roll back and use savepoints in random order while the sealer runs in between."""
    chance = random.Random(seed)
    writers, committed, pending = [connect() for _ in range(6)], 0, [0] * 6
    for _ in range(120):
        who, act = chance.randrange(6), chance.choice(["write", "write", "savepoint", "commit", "rollback", "seal"])
        cursor = writers[who].cursor()
        if act == "write":
            cursor.execute(WRITE, [f"w{who}"])
            pending[who] += 1
        elif act == "savepoint":
            cursor.execute("SAVEPOINT s")
            cursor.execute(WRITE, ["undone"])
            cursor.execute("ROLLBACK TO SAVEPOINT s")
        elif act == "commit":
            writers[who].commit()
            committed, pending[who] = committed + pending[who], 0
        elif act == "rollback":
            writers[who].rollback()
            pending[who] = 0
        else:
            seal_committed()
            assert set(sealed_times()) <= {0, 1}
    for writer, waiting in zip(writers, pending, strict=True):
        writer.commit()
        writer.close()
        committed += waiting
    seal()

    report = verify_chain()
    assert sealed_times() == [1] * committed
    assert (report.entries, report.unsealed, report.broken_seal) == (committed, 0, None)


def test_two_sealers_at_once_make_one_chain():
    audit.record("a", actor=None)
    other = connect()
    other.cursor().execute("SELECT pg_try_advisory_xact_lock(7240001)")

    assert seal_committed() is None
    other.rollback()
    other.close()
    assert seal().entry_count == 1


@pytest.fixture
def chain():
    for number in range(6):
        audit.record(f"a{number}", actor=None, people=[number])
        if number % 2:
            seal()
    assert AuditSeal.objects.count() == 3


def tamper(statement: str, *params) -> None:
    """As somebody with the owner's password and the triggers switched off would."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ("common_auditentry", "common_auditsubject", "common_auditseal")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE common_auditentry SET action = 'nothing' WHERE action = 'a3'",
        "UPDATE common_auditentry SET at = at - interval '1 second' WHERE action = 'a3'",
        "UPDATE common_auditsubject SET person_id = 99 WHERE person_id = 3",
        "DELETE FROM common_auditsubject WHERE person_id = 3",
        "WITH gone AS (DELETE FROM common_auditsubject WHERE person_id = 3 RETURNING entry_id) "
        "DELETE FROM common_auditentry WHERE action = 'a3'",
        "UPDATE common_auditentry SET action = CASE action WHEN 'a2' THEN 'a3' ELSE 'a2' END "
        "WHERE action IN ('a2', 'a3')",
        "INSERT INTO common_auditentry (action, fields, xid) "
        "SELECT 'forged', '{}', xid FROM common_auditentry WHERE action = 'a3'",
    ],
)
def test_altered_deleted_swapped_or_slipped_in_rows_are_found(chain, statement):
    second = AuditSeal.objects.order_by("id")[1].pk
    tamper(statement)

    assert verify_chain().broken_seal == second
    with pytest.raises(CommandError, match="断开"):
        call_command("verify_audit", stdout=StringIO())


def test_seal_taken_out_of_the_middle_is_found(chain):
    first, second, third = AuditSeal.objects.order_by("id")
    tamper("UPDATE common_auditseal SET previous_id = NULL WHERE id = %s", second.pk)
    tamper("UPDATE common_auditseal SET previous_id = NULL WHERE id = %s", third.pk)
    tamper("DELETE FROM common_auditseal WHERE id = %s", second.pk)

    assert verify_chain().broken_seal == third.pk


def test_command_prints_the_head(chain):
    out = StringIO()
    call_command("verify_audit", stdout=out)

    assert out.getvalue().startswith("一致：3 封、6 条；未封存 0 条。链首 ")
    assert bytes(AuditSeal.objects.order_by("-id").first().digest).hex() in out.getvalue()


def test_restored_dump_goes_on_in_a_new_cluster(chain):
    """Another cluster counts transactions from the beginning: old ids must not fall into old seals or hide new ones."""
    audit.record("unsealed when dumped", actor=None)
    tamper("UPDATE common_auditseal SET cluster = 1")
    tamper("UPDATE common_auditentry SET cluster = 1")
    # The chain binds the cluster: rebuild it as the former cluster would have made it.
    tamper("DELETE FROM common_auditseal")
    audit.record("after the restore", actor=None)
    seal()

    report = verify_chain()
    assert list(AuditSeal.objects.values_list("cluster", "entry_count"))[0] == (1, 7)
    assert (report.entries, report.unsealed, report.broken_seal) == (AuditEntry.objects.count(), 0, None)
