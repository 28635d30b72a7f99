"""Inside a throw-away portal: one balance that twenty want to spend at the same moment, and processes that are killed.

Run by `drills.timebank` in an environment of its own, never against real data:
    python -m drills.timebank_scene make                       a bank
    python -m drills.timebank_scene family 7 keys.json 20      a family: how many the balance covers, how many spend
    python -m drills.timebank_scene spend keys.json            all of them at once
    python -m drills.timebank_scene stands keys.json           what of these forms stands
"""

import json
import sys
import threading
import time
import uuid

import django

EACH, PATIENCE_S = 30, 90.0


def make() -> dict:
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by main()

    from apps.organisation.models import Unit  # noqa: PLC0415
    from apps.volunteers.services import ledger  # noqa: PLC0415

    unit = Unit.objects.add_root({"name": "演练单位", "code": "drill"})
    ledger.open_bank(unit, "演练时间银行", on=timezone.localdate(), actor=None)
    return {}


def family(covers: int, path: str, number: int) -> dict:
    """A giver whose balance covers so many gifts, a mother, and the keys of the forms that will be sent."""
    from django.utils import timezone  # noqa: PLC0415

    from apps.people.models import Person  # noqa: PLC0415
    from apps.volunteers.models import Bank, Kinship  # noqa: PLC0415
    from apps.volunteers.services import ledger  # noqa: PLC0415

    bank, now = Bank.objects.get(), timezone.now()
    giver, mother = Person.objects.bulk_create(
        Person(name=f"演练{role}", sex="2", birth_date="1940-05-02") for role in ("女", "母")
    )
    Kinship.objects.create(
        unit=bank.unit, person=giver, kin=mother, relation="50", proof="演练", verified_on=now.date()
    )
    account = ledger.open_account(giver.pk, bank, bank.unit, on=now.date(), actor=None)
    issue, minutes = ledger.of_bank(bank, "issue"), covers * EACH
    ledger.write(
        ledger.Move("opening", account, minutes, uuid.uuid4(), None, now), {account.pk: minutes, issue.pk: -minutes}
    )
    half = number // 2
    requests = [_request(bank.unit, giver, now, n) for n in range(number - half)]
    keys = [*(str(uuid.uuid4()) for _ in range(half)), *(str(row.public_id) for row in requests)]
    found = {"giver": giver.pk, "mother": mother.pk, "keys": keys, "requests": keys[half:]}
    with open(path, "w", encoding="utf-8") as out:
        json.dump(found, out)
    return found


def _request(unit, receiver, now, number: int):
    from apps.volunteers.models import ServiceRequest  # noqa: PLC0415

    return ServiceRequest.objects.create(
        unit=unit, receiver=receiver, service="hospital", on=now.date(), starts=540 + number, ends=570 + number,
        asked_as="self", asked_at=now, spends=True,
    )  # fmt: skip


def spend(path: str) -> dict:
    """Everybody sends his form at the same moment, and again until he is answered; killed in between, the next process
    sends the same forms again. Answers by form: taken, or refused."""
    with open(path, encoding="utf-8") as listed:
        asked = json.load(listed)
    answers: dict[str, str] = {}
    begin = threading.Barrier(len(asked["keys"]))

    def send(key: str) -> None:
        begin.wait()
        answers[key] = _answered(asked, key)

    running = [threading.Thread(target=send, args=[key]) for key in asked["keys"]]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return answers


def _answered(asked: dict, key: str) -> str:
    from django.db import Error, connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from apps.common.errors import BusinessError  # noqa: PLC0415
    from apps.people.models import Person  # noqa: PLC0415
    from apps.volunteers.models import ServiceRequest  # noqa: PLC0415
    from apps.volunteers.services import bank  # noqa: PLC0415

    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if key in asked["requests"]:
                bank.hold(ServiceRequest.objects.get(public_id=key), EACH, actor=None, now=timezone.now())
            else:
                pair = Person(pk=asked["giver"]), Person(pk=asked["mother"])
                bank.give(*pair, EACH, actor=None, now=timezone.now(), form_key=uuid.UUID(key))
        except BusinessError:
            return "refused"
        except Error:
            time.sleep(0.3)  # the database was killed: the same form again
            continue
        else:
            return "taken"
        finally:
            connection.close()
    return "unanswered"


def stands(path: str) -> dict:
    """The help is done, each told twice; then what stands of these forms, and whether every account is the sum of its
    entries."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from apps.volunteers.models import Account, ServiceRequest, Transfer  # noqa: PLC0415
    from apps.volunteers.queries.bank import ledger_sum  # noqa: PLC0415
    from apps.volunteers.services import bank  # noqa: PLC0415

    with open(path, encoding="utf-8") as listed:
        asked = json.load(listed)
    for request in ServiceRequest.objects.filter(public_id__in=asked["requests"]):
        for _ in range(2):
            bank.capture(request, EACH, actor=None, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM volunteers_account a WHERE kind <> 'issue' AND balance <> "
            "(SELECT coalesce(sum(minutes), 0) FROM volunteers_entry e WHERE e.account_id = a.id)"
        )
        wrong = cursor.fetchone()[0]
    gifts = Transfer.objects.filter(public_id__in=asked["keys"]).values_list("public_id", flat=True)
    helped = Transfer.objects.filter(hold__request__public_id__in=asked["requests"])
    kept = [*map(str, gifts), *map(str, helped.values_list("hold__request__public_id", flat=True))]
    balances = dict(Account.objects.filter(kind="person").values_list("person", "balance"))
    return {
        "kept": kept, "gifts": len(gifts), "wrong": wrong, "sum": ledger_sum(), "giver": balances[asked["giver"]],
        "mother": balances.get(asked["mother"], 0),
    }  # fmt: skip


def main(arguments: list[str]) -> None:
    django.setup()
    command, *rest = arguments
    if command == "make":
        found = make()
    elif command == "family":
        found = family(int(rest[0]), rest[1], int(rest[2]))
    else:
        found = {"spend": spend, "stands": stands}[command](rest[0])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
