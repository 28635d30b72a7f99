"""Inside a throw-away portal: puts cadres into hospital by the thousand, sends from several processes, counts.

Run by `drills.reminders` and by the process test in an environment of their own, never against real data:
    python -m drills.reminder_scene make 5000 | send 4 200 0 | report
"""

import json
import multiprocessing
import os
import random
import signal
import sys
import time

import django

SMALL_CHUNK = 2000


def make(count: int) -> None:
    """`count` cadres confirmed in hospital now, one carer's phone a hundred of them; at any hour of the day."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by main()

    from apps.accounts.models import User  # noqa: PLC0415
    from apps.ledgers.models import CareAssignment  # noqa: PLC0415
    from apps.organisation.models import RuleSet, Unit  # noqa: PLC0415
    from apps.people.models import Person  # noqa: PLC0415
    from apps.registry.models import Cadre, LifeEvent  # noqa: PLC0415

    today = timezone.localdate()
    unit = Unit.add_root(name="演练单位", code="drill")
    RuleSet.objects.create(
        kind="messaging", effective_from=today, document_no="演练",
        values={"quiet_from": 24, "quiet_until": 0, "sms_daily_cap": 1_000_000},
    )  # fmt: skip
    carers = User.objects.bulk_create(
        User(username=f"drill-{n}", display_name=f"演练{n}", phone=f"139{n:08}", password="!")
        for n in range(max(1, count // 100))
    )
    people = Person.objects.bulk_create(
        [Person(name=f"演练{n}", sex="1", birth_date="1950-01-01") for n in range(count)], batch_size=SMALL_CHUNK
    )
    Cadre.objects.bulk_create(
        [Cadre(person=p, retire_type="retired", managing_unit=unit, counting_unit=unit) for p in people],
        batch_size=SMALL_CHUNK,
    )
    CareAssignment.objects.bulk_create(
        [
            CareAssignment(cadre_id=p.pk, carer=carers[n % len(carers)], starts_on=today)
            for n, p in enumerate(people)
        ],
        batch_size=SMALL_CHUNK,
    )  # fmt: skip
    now = timezone.now()
    LifeEvent.objects.bulk_create(
        [LifeEvent(person=p, kind="admitted", state="confirmed", happened_on=today, decided_at=now) for p in people],
        batch_size=SMALL_CHUNK,
    )


def one_sender(started) -> None:
    """What a worker does at each tick, again and again, until it is killed or nothing is left."""
    from django.db import OperationalError, connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from apps.messaging.jobs import send_waiting  # noqa: PLC0415
    from apps.reminders.jobs.handing import hand_out  # noqa: PLC0415

    started.set()
    while True:
        try:
            hand_out(timezone.now())
            send_waiting(timezone.now())
        except OperationalError:
            connection.close()
        time.sleep(0.05)


def send(senders: int, kills: int, *, freeze: float = 0.0) -> dict:
    """Run senders and kill -9 (or freeze for `freeze` seconds) one of them at random, `kills` times; then let them
    finish. Returns how many there were, and how many claims of the dead stayed open too long."""
    rng = random.Random(20261122)  # noqa: S311 - a drill
    context = multiprocessing.get_context("fork")
    running = [_start(context) for _ in range(senders)]
    done, frozen = 0, []
    while done < kills and not _finished():
        time.sleep(rng.uniform(0.02, 0.25))
        place = rng.randrange(senders)
        if freeze:
            frozen = _freeze(running[place], frozen, freeze)
        else:
            running[place].kill()
            running[place].join()
            running[place] = _start(context)
        done += 1
    time.sleep(freeze)
    for process, _ in frozen:
        os.kill(process.pid, signal.SIGCONT)
    started = time.monotonic()
    while not _finished() and time.monotonic() - started < 1200:
        time.sleep(0.2)
    for process in running:
        process.kill()
        process.join()
    return {"kills": done, "late": len(_late)}


def _freeze(process, frozen: list, seconds: float) -> list:
    """Stop a sender, and let those go on that have been stopped long enough."""
    kept = []
    for other, until in frozen:
        if time.monotonic() >= until:
            os.kill(other.pid, signal.SIGCONT)
        else:
            kept.append((other, until))
    if all(other is not process for other, _ in kept):
        os.kill(process.pid, signal.SIGSTOP)
        kept.append((process, time.monotonic() + seconds))
    return kept


def _start(context):
    """A sender forked from this process, with no connection of ours."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    started = context.Event()
    process = context.Process(target=one_sender, args=(started,), daemon=True)
    process.start()
    started.wait(10)
    return process


_late: set[int] = set()


def _finished() -> bool:
    """Whether everything has ended; False too while the database is away. Notes claims left open two leases after
    their end."""
    from django.db import DatabaseError, connection  # noqa: PLC0415
    from django.db.models.functions import Now  # noqa: PLC0415

    from apps.messaging.jobs.claiming import lease_of  # noqa: PLC0415
    from apps.messaging.models import Delivery  # noqa: PLC0415

    try:
        left = Delivery.objects.filter(state="claimed", lease_until__lt=Now() - 2 * lease_of("sms"))
        _late.update(left.values_list("pk", flat=True))
        return not _open()
    except DatabaseError:
        connection.close()
        return False


def _open() -> int:
    from apps.messaging.models import Delivery  # noqa: PLC0415
    from apps.reminders.models import Reminder  # noqa: PLC0415

    waiting = Reminder.objects.filter(state="pending").count()
    return waiting + Delivery.objects.filter(state__in=("pending", "claimed")).count()


def report() -> dict:
    """reminders planned; open = not yet ended; keys of deliveries by state."""
    from apps.messaging.models import Delivery, DeliveryItem  # noqa: PLC0415
    from apps.reminders.models import Reminder  # noqa: PLC0415

    return {
        "reminders": Reminder.objects.count(),
        "open": _open(),
        "keys": [str(key) for key in Delivery.objects.filter(channel="sms").values_list("public_id", flat=True)],
        "unknown": [str(key) for key in Delivery.objects.filter(state="unknown").values_list("public_id", flat=True)],
        "failed": Delivery.objects.filter(state="failed").count(),
        "inbox": DeliveryItem.objects.filter(channel="inbox").count(),
    }


def plan() -> None:
    from django.utils import timezone  # noqa: PLC0415

    from apps.reminders.jobs.planning import plan as plan_day  # noqa: PLC0415

    plan_day(timezone.localdate())


def main(arguments: list[str]) -> None:
    django.setup()
    command, *rest = arguments
    if command == "make":
        make(int(rest[0]))
        plan()
    elif command == "send":
        sys.stdout.write(json.dumps(send(int(rest[0]), int(rest[1]), freeze=float(rest[2]))))
    else:
        sys.stdout.write(json.dumps(report()))


if __name__ == "__main__":
    main(sys.argv[1:])
