"""Inside a throw-away portal: a school with classes that are open, and applicants who are signed in already.

Run by `bin/bench enrol` and `bin/drill enrol` in an environment of their own, never against real data:
    python -m benchmarks.enrol_scene make 36000 50 40 people.json   applicants, classes, places in each
    python -m benchmarks.enrol_scene report                         what stands in the database
    python -m benchmarks.enrol_scene kept taken.json                how many of these forms stand
    python -m benchmarks.enrol_scene leave 50                       so many give up their places
    python -m benchmarks.enrol_scene threads 32 2000                the service alone, beside bare SQL
"""

import datetime as dt
import json
import queue
import secrets
import string
import sys
import threading
import time
import uuid

import django

AT_ONCE = 2000
TOKEN = string.ascii_letters + string.digits
NAME = "云江演练大学"
REPORT = """
SELECT count(*), coalesce(sum(p.capacity), 0), coalesce(sum(p.taken), 0), coalesce(sum(s.seated), 0),
       coalesce(sum(s.offered), 0), coalesce(sum(s.waiting), 0),
       count(*) FILTER (WHERE p.taken > p.capacity OR p.taken <> s.seated + s.offered),
       count(*) FILTER (WHERE p.taken < p.capacity AND s.waiting > 0),
       coalesce(sum(s.early), 0)
FROM signups_places p JOIN signups_offering f ON f.id = p.offering_id
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE state = 'seated') AS seated, count(*) FILTER (WHERE state = 'offered') AS offered,
         count(*) FILTER (WHERE state = 'waiting') AS waiting,
         count(*) FILTER (WHERE state = 'waiting' AND queued_at + interval '1 second' < (
           SELECT max(queued_at) FROM signups_signup l WHERE l.offering_id = p.offering_id AND l.state = 'seated'
         )) AS early
  FROM signups_signup WHERE offering_id = p.offering_id AND voided_at IS NULL
) s
WHERE f.title LIKE %s
"""
KEYS = ("classes", "places", "taken", "seated", "offered", "waiting", "wrong", "undersold", "before_the_last_seat")


def make(applicants: int, classes: int, places: int, path: str) -> dict:
    """The keys of the classes, ours and those of the floor; the applicants' cookies go to `path`, as JSON."""
    school, term = make_school()
    ours = [make_class(school, term, f"书法{n}班", places, n) for n in range(classes)]
    floor = [make_class(school, term, f"对照{n}班", places, n) for n in range(classes)]
    people = [
        one for start in range(0, applicants, AT_ONCE) for one in _people(start, min(AT_ONCE, applicants - start))
    ]
    with open(path, "w", encoding="utf-8") as out:
        json.dump(people, out)
    return {
        "ours": [str(group.public_id) for group in ours],
        "floor": [group.offering_id for group in floor],
    }


def report(prefix: str = "书法") -> dict:
    from django.db import connection  # noqa: PLC0415 - Django is set up by main()

    with connection.cursor() as cursor:
        cursor.execute(REPORT, [f"{prefix}%"])
        found = dict(zip(KEYS, (int(value) for value in cursor.fetchone()), strict=True))
        cursor.execute("SELECT count(*) - count(DISTINCT (offering_id, person_id)) FROM signups_signup")
        return found | {"doubled": cursor.fetchone()[0]}


def kept(path: str) -> dict:
    """How many of the acknowledged forms, by their keys, are sign-ups that stand."""
    from apps.signups.choices import ACTIVE  # noqa: PLC0415
    from apps.signups.models import SignUp  # noqa: PLC0415

    with open(path, encoding="utf-8") as listed:
        keys = [form.rpartition("=")[2] for form in json.load(listed)]
    return {"kept": SignUp.objects.filter(public_id__in=keys, state__in=ACTIVE).count()}


def leave(count: int) -> dict:
    """In each of the first two classes as many seated people leave as wait there, `count` together at most, eight at a
    time. Right: each place is offered once, to those who stood first."""
    from django.utils import timezone  # noqa: PLC0415

    from apps.signups.models import Offer, Offering, SignUp  # noqa: PLC0415
    from apps.signups.services import seats  # noqa: PLC0415

    wanted: set[int] = set()
    leaving: list[SignUp] = []
    for offering in Offering.objects.filter(title__in=("书法0班", "书法1班")).order_by("pk"):
        rows = SignUp.objects.filter(offering=offering)
        first = list(rows.filter(state="waiting").in_rank()[: count // 2].values_list("pk", flat=True))
        wanted |= set(first)
        leaving += rows.filter(state="seated").order_by("pk")[: len(first)]
    spent = _by_threads(
        8, [lambda row=row: seats.withdraw(row, reason="", actor=None, now=timezone.now()) for row in leaving]
    )
    offered = list(Offer.objects.filter(state="open").values_list("sign_up", flat=True))
    right = set(offered) == wanted and len(offered) == len(leaving)
    return {"left": len(leaving), "offers": len(offered), "right": right, "seconds": spent}


def threads(number: int, count: int) -> dict:
    """Decisions a second of the service by threads of one process, and of bare SQL with the two writes alone."""
    from django.utils import timezone  # noqa: PLC0415

    from apps.people.models import Person  # noqa: PLC0415
    from apps.signups.services import seats  # noqa: PLC0415
    from apps.university.models import School, Term  # noqa: PLC0415

    school, term = School.objects.get(name=NAME), Term.objects.get()
    ours = [make_class(school, term, f"线程{n}班", 40, n).offering for n in range(10)]
    bare = [make_class(school, term, f"裸写{n}班", 40, n).offering for n in range(10)]
    people = list(Person.objects.order_by("-pk")[:count])

    def ask(n, person):
        seats.sign_up(
            ours[n % 10], person, source="web", actor=None, now=timezone.now(), form_key=uuid.uuid4()
        )  # fmt: skip

    spent = _by_threads(number, [lambda n=n, person=person: ask(n, person) for n, person in enumerate(people)])
    floor = _by_threads(number, [lambda n=n, one=one: _bare(bare[n % 10].pk, one.pk) for n, one in enumerate(people)])
    return {"count": len(people), "seconds": spent, "floor": floor, **report("线程")}


def _bare(offering: int, person: int) -> None:
    from django.db import connection, transaction  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT capacity - taken FROM signups_places WHERE offering_id = %s FOR UPDATE", [offering])
        state = "seated" if cursor.fetchone()[0] > 0 else "waiting"
        cursor.execute(
            "INSERT INTO signups_signup (public_id, offering_id, person_id, state, queued_at, source) "
            "VALUES (%s, %s, %s, %s, now(), 'web')",
            [str(uuid.uuid4()), offering, person, state],
        )


def _by_threads(number: int, calls: list) -> float:
    """Seconds that the calls took; every thread has a connection that was opened before."""
    from django.db import connection  # noqa: PLC0415

    left: queue.SimpleQueue = queue.SimpleQueue()
    for call in calls:
        left.put(call)
    ready, failed = threading.Barrier(number + 1), []

    def run():
        connection.ensure_connection()
        ready.wait()
        try:
            while True:
                left.get_nowait()()
        except queue.Empty:
            pass
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run) for _ in range(number)]
    for thread in running:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in running:
        thread.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - started


def make_school():
    from apps.organisation.models import Unit  # noqa: PLC0415
    from apps.university.models import School, Term  # noqa: PLC0415

    unit = Unit.objects.add_root({"name": "演练单位", "code": "drill"})
    school = School.objects.create(name=NAME, level="city", unit=unit, address="新华路1号", phone="0000-6600001")
    today = dt.date.today()  # noqa: DTZ011 - a drill
    term = Term.objects.create(
        unit=unit, year=today.year, season="spring", starts_on=today, ends_on=today + dt.timedelta(days=150)
    )
    return school, term


def make_class(school, term, name: str, places: int, number: int):
    from apps.signups.models import Offering, OfferingTime, Places  # noqa: PLC0415
    from apps.university.models import ClassGroup, Course  # noqa: PLC0415

    offering = Offering.objects.create(kind="class", unit=school.unit, title=name, mode="first", state="open")
    Places.objects.create(offering=offering, capacity=places)
    first, until = term.starts_on + dt.timedelta(days=20), term.ends_on
    OfferingTime.objects.create(
        offering=offering, weekday=number % 7 + 1, starts=500, ends=590, first_on=first, until=until
    )
    return ClassGroup.objects.create(
        term=term, school=school, course=Course.objects.create(school=school, name=name), offering=offering,
        code=name[:16], first_on=first, until=until, state="public",
    )  # fmt: skip


def _people(start: int, count: int) -> list[list[str]]:
    """[session, token] of each: an account with the person himself behind it, signed in and seen just now."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.contrib.sessions.models import Session  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from apps.accounts.middleware import SEEN_AT, SIGNED_IN_AT  # noqa: PLC0415
    from apps.accounts.models import User  # noqa: PLC0415
    from apps.accounts.personal_accounts import BACKEND  # noqa: PLC0415
    from apps.people.models import Person, PersonAccount  # noqa: PLC0415

    now = timezone.now()
    numbers = range(start, start + count)
    users = User.objects.bulk_create(
        User(username=f"drill{n}", display_name=f"演练{n}", password="!", is_staff=False) for n in numbers
    )
    people = Person.objects.bulk_create(Person(name=f"演练{n}", sex="1", birth_date="1956-05-02") for n in numbers)
    PersonAccount.objects.bulk_create(
        PersonAccount(user=user, person=person, starts_on=now.date())
        for user, person in zip(users, people, strict=True)
    )
    store, sessions, cookies = SessionStore(), [], []
    for user in users:
        values = {
            SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: user.get_session_auth_hash(),
            SIGNED_IN_AT: int(now.timestamp()), SEEN_AT: int(now.timestamp()),
        }  # fmt: skip
        key = secrets.token_hex(16)
        expires = now + dt.timedelta(hours=12)
        sessions.append(Session(session_key=key, session_data=store.encode(values), expire_date=expires))
        cookies.append([key, "".join(secrets.choice(TOKEN) for _ in range(32))])
    Session.objects.bulk_create(sessions)
    return cookies


def main(arguments: list[str]) -> None:
    django.setup()
    command, *rest = arguments
    if command == "make":
        found = make(*(int(value) for value in rest[:3]), rest[3])
    elif command == "kept":
        found = kept(rest[0])
    else:
        found = {"report": report, "leave": leave, "threads": threads}[command](*(int(value) for value in rest))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
