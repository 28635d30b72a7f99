"""Inside a throw-away portal: a time bank with a thousand accounts, among which minutes are given by many threads.

Run by `bin/bench timebank` and `bin/drill timebank` in an environment of their own, never against real data:
    python -m benchmarks.timebank_scene make 1000            accounts, each kin of the ten next to it
    python -m benchmarks.timebank_scene give 32 50000        threads, transfers that must stand in the end
    python -m benchmarks.timebank_scene bare 32 5000         the same double entry as bare SQL
    python -m benchmarks.timebank_scene report               what stands in the database
"""

import itertools
import json
import random
import sys
import threading
import time
import uuid

import django

SEED, FIRST, MOST, NEAR = 20261122, 600, 1200, 5
REPORT = """
SELECT (SELECT coalesce(sum(minutes), 0) FROM volunteers_entry),
       (SELECT count(*) FROM volunteers_account a WHERE kind <> 'issue' AND balance <> (
            SELECT coalesce(sum(minutes), 0) FROM volunteers_entry e WHERE e.account_id = a.id)),
       (SELECT count(*) FROM volunteers_entry WHERE balance_after < 0 OR balance_after > %s),
       (SELECT count(*) FROM volunteers_account WHERE kind = 'person' AND (balance < 0 OR held > balance)),
       (SELECT count(*) FROM volunteers_transfer WHERE kind = 'gift'),
       (SELECT count(*) FROM common_auditentry WHERE action = 'bank.gift'),
       (SELECT count(*) FROM messaging_message WHERE template = 'bank.gift')
"""
KEYS = ("sum", "wrong", "over", "below", "transfers", "audited", "told")
LOCK = "SELECT id, balance FROM volunteers_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
BARE_TRANSFER = """
INSERT INTO volunteers_transfer (public_id, bank_id, account_id, kind, minutes, "on", at)
VALUES (%s, %s, %s, 'gift', 1, current_date, now()) RETURNING id
"""


def make(count: int) -> dict:
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by main()

    from apps.organisation.models import RuleSet, Unit  # noqa: PLC0415
    from apps.people.models import Person  # noqa: PLC0415
    from apps.volunteers.models import Kinship  # noqa: PLC0415
    from apps.volunteers.services import ledger  # noqa: PLC0415

    now = timezone.now()
    unit = Unit.objects.add_root({"name": "演练单位", "code": "drill"})
    RuleSet.objects.create(
        kind="volunteers.bank", effective_from=now.date(), document_no="演练", values={"account_most": MOST}
    )
    bank = ledger.open_bank(unit, "演练时间银行", on=now.date(), actor=None)
    issue = ledger.of_bank(bank, "issue")
    people = Person.objects.bulk_create(Person(name=f"演练{n}", sex="1", birth_date="1940-05-02") for n in range(count))
    Kinship.objects.bulk_create(
        Kinship(unit=unit, person=one, kin=people[(n + step) % count], relation="20", proof="演练", verified_on=now)
        for n, one in enumerate(people) for step in range(1, NEAR + 1)
    )  # fmt: skip
    for person in people:
        account = ledger.open_account(person.pk, bank, unit, on=now.date(), actor=None)
        ledger.write(
            ledger.Move("opening", account, FIRST, uuid.uuid4(), None, now), {account.pk: FIRST, issue.pk: -FIRST}
        )
    return {"accounts": count}


def give(number: int, count: int) -> dict:
    """Transfers a second of the service by threads of one process. A refusal (not enough, no room) is tried again with
    others; `refused` counts them."""
    from apps.people.models import Person  # noqa: PLC0415

    people = list(Person.objects.order_by("pk"))
    left, refused = itertools.count(), itertools.count()

    def work(seed: int) -> None:
        rng = random.Random(seed)
        while next(left) < count:
            while not _give(people, rng):
                next(refused)

    spent = by_threads(number, work)
    return {"count": count, **spent, "refused": next(refused), **report()}


def _give(people: list, rng: random.Random) -> bool:
    from django.utils import timezone  # noqa: PLC0415

    from apps.common.errors import BusinessError  # noqa: PLC0415
    from apps.volunteers.services import bank  # noqa: PLC0415

    n = rng.randrange(len(people))
    other = (n + rng.choice((-1, 1)) * rng.randint(1, NEAR)) % len(people)
    try:
        bank.give(
            people[n], people[other], rng.randint(1, 120), actor=None, now=timezone.now(), form_key=uuid.uuid4()
        )  # fmt: skip
    except BusinessError:
        return False
    return True


def bare(number: int, count: int) -> dict:
    """The same movement in the fewest statements on the same tables: lock, transfer, two entries; of the rules only
    that there is enough and that there is room, no audit, no messages."""
    from django.db import connection, transaction  # noqa: PLC0415

    from apps.volunteers.models import Account  # noqa: PLC0415

    accounts = list(Account.objects.filter(kind="person").order_by("pk").values_list("pk", "bank"))
    left = itertools.count()

    def work(seed: int) -> None:
        rng = random.Random(seed)
        while next(left) < count:
            (one, bank), (two, _) = rng.sample(accounts, 2)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LOCK, [[one, two]])
                stands = dict(cursor.fetchall())
                if stands[one] < 1 or stands[two] >= MOST:
                    continue
                cursor.execute(BARE_TRANSFER, [str(uuid.uuid4()), bank, one])
                [transfer] = cursor.fetchone()
                cursor.execute(
                    "INSERT INTO volunteers_entry (transfer_id, account_id, minutes) VALUES (%s, %s, -1), (%s, %s, 1)",
                    [transfer, one, transfer, two],
                )

    return {"count": count, **by_threads(number, work), **report()}


def report() -> dict:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(REPORT, [MOST])
        return dict(zip(KEYS, (int(value) for value in cursor.fetchone()), strict=True))


def by_threads(number: int, work) -> dict:
    """Seconds that `number` threads took, each with a connection that was opened before, and seconds of the processor
    that this process used meanwhile."""
    from django.db import connection  # noqa: PLC0415

    ready, failed = threading.Barrier(number + 1), []

    def run(seed: int) -> None:
        connection.ensure_connection()
        ready.wait()
        try:
            work(SEED + seed)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=[seed]) for seed in range(number)]
    for thread in running:
        thread.start()
    ready.wait()
    started, used = time.perf_counter(), time.process_time()
    for thread in running:
        thread.join()
    if failed:
        raise failed[0]
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}


def main(arguments: list[str]) -> None:
    django.setup()
    command, *rest = arguments
    acts = {"make": make, "give": give, "bare": bare, "report": report}
    sys.stdout.write(json.dumps(acts[command](*(int(value) for value in rest))))


if __name__ == "__main__":
    main(sys.argv[1:])
