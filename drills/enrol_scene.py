"""Inside a throw-away portal: two hundred at once for the last places, round after round, and the random walk.

Run by `drills.enrol` in an environment of its own, never against real data:
    python -m drills.enrol_scene rush 200 10 5      threads, places, rounds
    python -m drills.enrol_scene walk 10000         steps
"""

import datetime as dt
import json
import multiprocessing
import sys
import threading
import uuid
from collections import Counter

import django

PROCESSES, CONNECTIONS = 4, 18  # each process has so many connections; Postgres allows a hundred in all
SEED = 20261122


def rush(threads: int, places: int, rounds: int) -> dict:
    """In each round everybody asks for a class of its own at the same moment. What was answered is compared with what
    stands in the database afterwards."""
    from apps.people.models import Person  # noqa: PLC0415 - Django is set up by main()

    people = Person.objects.bulk_create(
        Person(name=f"演练{n}", sex="1", birth_date="1956-05-02") for n in range(threads)
    )
    keys = [person.pk for person in people]
    total: Counter[str] = Counter()
    for number in range(rounds):
        offering = _class_for(places, number)
        answers = _all_at_once(offering, keys)
        total += _compare(offering, answers, places, threads)
    return {"tried": threads * rounds, **{key: total[key] for key in ("lost", "doubled", "oversold", "undersold")}}


def walk(steps: int) -> dict:
    """Raises AssertionError with the first thing that must not be."""
    from tests.signups.walk import Walk  # noqa: PLC0415

    did = Walk(SEED).run(steps)
    return {"tried": sum(did.values())}


def _class_for(places: int, number: int) -> int:
    """An offering in a term of its own, so that nobody is refused for what he got in the last round."""
    from apps.university.models import School, Term  # noqa: PLC0415
    from benchmarks import enrol_scene  # noqa: PLC0415

    school = School.objects.first() or enrol_scene.make_school()[0]
    first = dt.date(2030, 3, 1)
    term = Term.objects.create(
        unit=school.unit, year=2030 + places * 200 + number, season="spring", starts_on=first,
        ends_on=first + dt.timedelta(days=150),
    )  # fmt: skip
    group = enrol_scene.make_class(school, term, f"抢{places}之{number}", places, number)
    group.offering.times.all().delete()
    return group.offering_id


def _all_at_once(offering: int, people: list[int]) -> dict[int, str]:
    """Person → state that was answered; from several processes, so that they truly run together."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, found = context.Barrier(PROCESSES), context.Queue()
    parts = [people[number::PROCESSES] for number in range(PROCESSES)]
    running = [context.Process(target=_one_process, args=(offering, part, ready, found)) for part in parts]
    for process in running:
        process.start()
    answers = {person: state for _ in running for person, state in found.get(timeout=600)}
    for process in running:
        process.join()
    return answers


def _one_process(offering: int, people: list[int], ready, found) -> None:
    slots, answers = threading.BoundedSemaphore(CONNECTIONS), []
    begin = threading.Barrier(len(people))

    def ask(person: int) -> None:
        begin.wait()
        with slots:
            answers.append((person, _ask(offering, person)))

    running = [threading.Thread(target=ask, args=[person]) for person in people]
    ready.wait()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    found.put(answers)


def _ask(offering: int, person: int) -> str:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from apps.people.models import Person  # noqa: PLC0415
    from apps.signups.models import Offering  # noqa: PLC0415
    from apps.signups.services import seats  # noqa: PLC0415

    try:
        row = seats.sign_up(
            Offering.objects.get(pk=offering), Person.objects.get(pk=person), source="desk", actor=None,
            now=timezone.now(), form_key=uuid.uuid4(),
        )  # fmt: skip
        return row.state
    except Exception as error:  # noqa: BLE001 - anything but a state is a loss
        return repr(error)
    finally:
        connection.close()


def _compare(offering: int, answers: dict[int, str], places: int, threads: int) -> Counter:
    from apps.signups.models import Places, SignUp  # noqa: PLC0415

    rows = list(SignUp.objects.filter(offering=offering).values_list("person_id", "state"))
    stands = dict(rows)
    seated = sum(state == "seated" for _, state in rows)
    taken = Places.objects.get(pk=offering).taken
    return Counter(
        lost=sum(stands.get(person) != state for person, state in answers.items()) + threads - len(stands),
        doubled=len(rows) - len(stands),
        oversold=max(0, seated - places) + abs(taken - seated),
        undersold=max(0, min(places, threads) - seated),
    )


def main(arguments: list[str]) -> None:
    django.setup()
    command, *rest = arguments
    sys.stdout.write(json.dumps({"rush": rush, "walk": walk}[command](*(int(value) for value in rest))))


if __name__ == "__main__":
    main(sys.argv[1:])
