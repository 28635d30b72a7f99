"""The draw as values in, values out; and the same by the script that strangers download."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from apps.signups import drawing
from apps.signups.drawing import DrawList, Drawn, Entry, Place

# Worked out by hand with sha256sum (rule book 9.16).
LIST = """{"draw":1,"round":"r","name":"例"}
{"class":"1","name":"国画","places":1,"clashes":[]}
{"class":"2","name":"书法","places":2,"clashes":[]}
{"ticket":"0000018","priority":100,"lots":1,"people":1,"wants":1,"choices":["1","2"]}
{"ticket":"0000026","priority":100,"lots":2,"people":2,"wants":1,"choices":["1","2"]}
{"ticket":"0000034","priority":100,"lots":1,"people":1,"wants":1,"choices":["1"]}
""".encode()
LIST_HASH = "96b2e17502758fd626efdb8d2168bc200b518392fb3935d15b6b1907642e0298"
SECRET = "00" * 32
SEED = "4be0ec0850857d27443f2a5ad6c289b5097154517f07d44620838723277fc7e1"
RESULT = [Drawn(1, "0000018", ("1",)), Drawn(2, "0000026", ("2",)), Drawn(3, "0000034", ())]
SCRIPT = Path(settings.BASE_DIR) / "static" / "verify_draw.py"


def test_golden_draw_by_hand():
    found = drawing.read_list(LIST)

    assert drawing.list_bytes(found) == LIST
    assert drawing.sha256(LIST) == LIST_HASH
    assert drawing.sha256(SECRET) == "60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55"
    assert drawing.seed_of(LIST_HASH, SECRET, "0427") == SEED
    assert drawing.key_of(SEED, "0000026", 2) == "85905cc70f9c6a224cfb6b466362fb39b283b335e2a11e290fe0080b002a6129"
    assert drawing.draw(found, SEED) == RESULT


def test_ticket_numbers_carry_a_check_digit():
    assert [drawing.ticket_number(pk) for pk in (1, 2, 3)] == ["0000018", "0000026", "0000034"]
    assert drawing.is_ticket_number("0000018")
    assert not drawing.is_ticket_number("0000019")
    assert not drawing.is_ticket_number("００００018")


CODES = ["1", "2", "3", "4"]
PAIRS = st.sets(st.sampled_from([("1", "2"), ("2", "3"), ("3", "4")]))


@st.composite
def lists(draw) -> DrawList:
    pairs = draw(PAIRS)
    places = tuple(
        Place(code, f"课{code}", draw(st.integers(0, 3)), tuple(sorted({*_others(code, pairs)}))) for code in CODES
    )
    entries = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        choices = tuple(draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3)))
        people, wants = draw(st.integers(1, 2)), draw(st.integers(0, 2))
        classes, lots = draw(st.sampled_from([1, 100])), draw(st.integers(1, 4))
        entries.append(Entry(drawing.ticket_number(number), classes, lots, people, wants, choices))
    return DrawList("r", "批", places, tuple(entries))


def _others(code, pairs):
    return [b if a == code else a for a, b in pairs if code in (a, b)]


SEEDS = st.sampled_from([drawing.sha256(str(n)) for n in range(20)])
few = limits(max_examples=80, deadline=None)


@few
@given(lists(), SEEDS, st.randoms())
def test_order_of_the_list_changes_nothing(draw_list, seed, random):
    entries = list(draw_list.entries)
    random.shuffle(entries)
    shuffled = replace(draw_list, entries=tuple(entries))

    assert drawing.draw(shuffled, seed) == drawing.draw(draw_list, seed)
    assert drawing.list_bytes(shuffled) == drawing.list_bytes(draw_list)


@few
@given(lists(), SEEDS)
def test_places_are_kept_and_nobody_is_left_out_of_a_free_one(draw_list, seed):
    entry_of = {entry.number: entry for entry in draw_list.entries}
    free = {place.code: place.places for place in draw_list.places}
    clashes = {place.code: set(place.clashes) for place in draw_list.places}
    drawn = drawing.draw(draw_list, seed)
    for one in drawn:
        entry = entry_of[one.number]
        for code in one.got:
            free[code] -= entry.people
        assert set(one.got) <= set(entry.choices)
        assert len(one.got) <= entry.wants
        assert all(clashes[code].isdisjoint(one.got) for code in one.got)

    assert all(left >= 0 for left in free.values())
    for one in drawn:
        entry = entry_of[one.number]
        if len(one.got) < entry.wants:
            missed = [code for code in entry.choices if code not in one.got and clashes[code].isdisjoint(one.got)]
            assert all(free[code] < entry.people for code in missed)


@few
@given(lists(), SEEDS)
def test_one_more_lot_never_hurts(draw_list, seed):
    first = draw_list.entries[0]
    entry = replace(first, wants=min(first.wants, 1))
    more = replace(entry, lots=entry.lots + 1)
    before = _of(entry, drawing.draw(_with(draw_list, entry), seed))
    after = _of(more, drawing.draw(_with(draw_list, more), seed))

    assert after.place <= before.place
    assert _wish(entry, after) <= _wish(entry, before)


def _with(draw_list: DrawList, entry: Entry) -> DrawList:
    return replace(draw_list, entries=(entry, *draw_list.entries[1:]))


def _of(entry: Entry, drawn: list[Drawn]) -> Drawn:
    return next(one for one in drawn if one.number == entry.number)


def _wish(entry: Entry, drawn: Drawn) -> int:
    return entry.choices.index(drawn.got[0]) if drawn.got else 99


@pytest.fixture
def files(tmp_path):
    """The two files of a draw of 40 tickets."""
    entries = tuple(
        Entry(drawing.ticket_number(n), 1 if n % 7 == 0 else 100, 1 + n % 3, 1 + n % 2, 1, ("1", "2"))
        for n in range(1, 41)
    )
    draw_list = DrawList("r", "批", (Place("1", "国画", 9, ("2",)), Place("2", "书法", 5, ("1",))), entries)
    data = drawing.list_bytes(draw_list)
    paths = tmp_path / "list.txt", tmp_path / "result.txt"
    paths[0].write_bytes(data)
    paths[1].write_bytes(drawing.result_bytes(draw_list, drawing.sha256(data), SECRET, "0427"))
    return paths


def run_script(paths) -> subprocess.CompletedProcess:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-I", SCRIPT, *paths], capture_output=True, text=True, encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"}, check=False,
    )  # fmt: skip


def test_command_and_script_find_the_draw_in_order(files, capsys):
    call_command("draw", "--verify", *reversed(files))
    found = run_script(files)

    assert "一致：40 张" in capsys.readouterr().out
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "一致")
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 60


CHANGES = [
    (0, '"places":9', '"places":8', "名单被改动", "list_hash"),
    (1, '"number":"0427"', '"number":"0428"', "种子不是", "seed"),
    (1, '"place":40', '"place":41', "第 41 行", "第41行"),
    (1, '"secret":"0', '"secret":"1', "密封数", "secret_hash"),
]


@pytest.mark.parametrize(("which", "old", "new", "sentence", "place"), CHANGES)
def test_a_changed_byte_is_found_and_named(files, which, old, new, sentence, place):
    text = files[which].read_text(encoding="utf-8")
    assert old in text
    files[which].write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(CommandError, match=sentence):
        call_command("draw", "--verify", *files)
    found = run_script(files)
    assert found.returncode == 1
    assert place in found.stdout


def test_missing_last_line_is_found(files):
    text = files[1].read_text(encoding="utf-8").splitlines(keepends=True)
    files[1].write_text("".join(text[:-1]), encoding="utf-8")

    with pytest.raises(CommandError, match="第 41 行"):
        call_command("draw", "--verify", *files)
    assert "第41行" in run_script(files).stdout


def test_other_files_are_refused_in_words(files, tmp_path):
    other = tmp_path / "x"
    other.write_bytes(b"\xff\x00")
    with pytest.raises(CommandError, match="文件读不出来"):
        call_command("draw", "--verify", files[0], other)
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("draw", "--verify", files[0], "nowhere")
    with pytest.raises(CommandError, match="不是抽签结果文件"):
        call_command("draw", "--verify", files[0], files[0])
