"""The draw itself: values in, values out; whole numbers and SHA-256 only, so that any machine gives the same.

What is written here anybody may do again from the two published files; rule book 9.15–9.17 says it in words, and
`static/verify_draw.py` is the same once more without the portal. Texts that are hashed are UTF-8.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FORMAT = 1


class WrongFile(ValueError):
    """A file that is none of a draw; the sentence is shown."""


@dataclass(frozen=True)
class Place:
    """A class of the list: `places` to be drawn; `clashes`: codes of those that take place at the same time."""

    code: str
    name: str
    places: int
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A ticket of the list: `people` of them get a place in a class or none does; at most `wants` of `choices`. See
    rule book 9.12."""

    number: str
    priority: int
    lots: int
    people: int
    wants: int
    choices: tuple[str, ...]


@dataclass(frozen=True)
class DrawList:
    round: str
    name: str
    places: tuple[Place, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Drawn:
    """What a draw gave a ticket: its place in the order, from 1, and the codes of the classes it got."""

    place: int
    number: str
    got: tuple[str, ...]


def ticket_number(pk: int) -> str:
    """A number with a check digit (Luhn), so that one digit heard wrongly on the telephone is no other's number. See
    rule book 9.11."""
    digits = f"{pk:06d}"
    return digits + _check_digit(digits)


def is_ticket_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) >= 7 and text[-1] == _check_digit(text[:-1])


def _check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def seed_of(list_hash: str, secret: str, number: str) -> str:
    """SHA-256 of the hash of the list, the secret and the number drawn in public, with | between them. See rule
    book 9.15."""
    return sha256(f"{list_hash}|{secret}|{number}")


def key_of(seed: str, number: str, lots: int) -> str:
    """The smallest SHA-256 of seed | ticket number | 1 … lots: more lots, more likely to be early. See rule
    book 9.16."""
    return min(sha256(f"{seed}|{number}|{lot}") for lot in range(1, lots + 1))


def draw(draw_list: DrawList, seed: str) -> list[Drawn]:
    """All tickets in the order drawn. One after the other gets the first of its choices that have room for all its
    people and clash with none it got, up to what it wants; who got nothing waits in this order. See
    rule book 9.12 and 9.16."""
    free = {place.code: place.places for place in draw_list.places}
    clashes = {place.code: set(place.clashes) for place in draw_list.places}
    ranked = sorted(
        (entry.priority, key_of(seed, entry.number, entry.lots), entry.number, entry) for entry in draw_list.entries
    )
    return [Drawn(place, entry.number, _take(entry, free, clashes)) for place, (*_, entry) in enumerate(ranked, 1)]


def _take(entry: Entry, free: dict[str, int], clashes: Mapping[str, set[str]]) -> tuple[str, ...]:
    got: list[str] = []
    for code in entry.choices:
        if len(got) < entry.wants and free[code] >= entry.people and clashes[code].isdisjoint(got):
            free[code] -= entry.people
            got.append(code)
    return tuple(got)


# The two files: one line of JSON each for the head, the classes and the tickets; a line ends with \n.


def list_bytes(draw_list: DrawList) -> bytes:
    """The list as it is published, classes and tickets in order of their codes and numbers."""
    head = {"draw": FORMAT, "round": draw_list.round, "name": draw_list.name}
    places = [
        {"class": one.code, "name": one.name, "places": one.places, "clashes": sorted(one.clashes)}
        for one in sorted(draw_list.places, key=lambda one: one.code)
    ]
    tickets = [
        {
            "ticket": one.number, "priority": one.priority, "lots": one.lots, "people": one.people,
            "wants": one.wants, "choices": list(one.choices),
        }
        for one in sorted(draw_list.entries, key=lambda one: one.number)
    ]  # fmt: skip
    return _lines([head, *places, *tickets])


def result_bytes(draw_list: DrawList, list_hash: str, secret: str, number: str) -> bytes:
    """The result as it is published: all that the seed was made of, and every ticket in the order drawn."""
    seed = seed_of(list_hash, secret, number)
    head = {
        "draw": FORMAT, "round": draw_list.round, "list_hash": list_hash, "secret": secret,
        "secret_hash": sha256(secret), "number": number, "seed": seed,
    }  # fmt: skip
    drawn = ({"place": one.place, "ticket": one.number, "got": list(one.got)} for one in draw(draw_list, seed))
    return _lines([head, *drawn])


def _lines(rows: Iterable[dict]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()


def read_list(data: bytes) -> DrawList:
    """Raises WrongFile for anything that `list_bytes` does not write."""
    rows = _rows(data)
    try:
        head = rows[0]
        places = [
            Place(row["class"], row["name"], row["places"], tuple(row["clashes"])) for row in rows if "class" in row
        ]
        entries = [
            Entry(row["ticket"], row["priority"], row["lots"], row["people"], row["wants"], tuple(row["choices"]))
            for row in rows
            if "ticket" in row
        ]
        found = DrawList(head["round"], head["name"], tuple(places), tuple(entries))
    except (KeyError, TypeError) as error:
        raise WrongFile("这不是抽签名单文件，或者内容不全。") from error
    codes = {place.code for place in places}
    if any(not codes.issuperset(entry.choices) for entry in entries):
        raise WrongFile("名单里有不认识的班级代码。")
    return found


def read_result(data: bytes) -> tuple[dict, list[Drawn]]:
    """Head and tickets of a result file. Raises WrongFile."""
    head, *rows = _rows(data)
    if not {"list_hash", "secret", "secret_hash", "number", "seed"} <= head.keys():
        raise WrongFile("这不是抽签结果文件。")
    try:
        return head, [Drawn(row["place"], row["ticket"], tuple(row["got"])) for row in rows]
    except (KeyError, TypeError) as error:
        raise WrongFile("结果文件的内容不全。") from error


def _rows(data: bytes) -> list[dict]:
    try:
        rows = [json.loads(line) for line in data.decode().splitlines()]
    except ValueError as error:
        raise WrongFile("文件读不出来：不是抽签文件，或者内容被改动。") from error
    if not rows or not all(isinstance(row, dict) for row in rows) or rows[0].get("draw") != FORMAT:
        raise WrongFile("这不是抽签文件。")
    return rows


def is_list(data: bytes) -> bool:
    return b'"list_hash"' not in data.split(b"\n", 1)[0]


def check(list_data: bytes, result_data: bytes) -> list[str]:
    """What does not agree between the two files, in sentences; empty: the result follows from the list, the secret and
    the number, to the last byte. Raises WrongFile. See rule book 9.17."""
    head, drawn = read_result(result_data)
    list_hash = sha256(list_data)
    faults = []
    if list_hash != head["list_hash"]:
        faults.append(
            f"名单文件的校验值是 {list_hash}，结果文件里写的是 {head['list_hash']}：名单被改动，或拿错了文件。"
        )
    if sha256(head["secret"]) != head["secret_hash"]:
        faults.append("密封数与封存时公布的校验值对不上。")
    if seed_of(head["list_hash"], head["secret"], head["number"]) != head["seed"]:
        faults.append("种子不是由名单校验值、密封数和现场抽取的数算出来的。")
    expected = result_bytes(read_list(list_data), list_hash, head["secret"], head["number"])
    if not faults and expected != result_data:
        faults.append(_first_difference(expected, result_data))
    return faults


def _first_difference(expected: bytes, found: bytes) -> str:
    for line, (ours, theirs) in enumerate(zip(_padded(expected), _padded(found), strict=False), 1):
        if ours != theirs:
            return (
                f"结果文件第 {line} 行不一致：应为 {ours or '（没有这一行）'}，文件里是 {theirs or '（没有这一行）'}。"
            )
    return "结果文件的行数或换行不一致。"


def _padded(data: bytes) -> Sequence[str]:
    return [*data.decode(errors="replace").split("\n"), "", ""]
