"""bin/test: which runs of pytest it makes, and that none of their failures is lost."""

import pytest

from cadre_portal.embedded import suite
from cadre_portal.embedded.places import Places


class Calls:
    """Stands for the supervisor: notes the commands and answers with the codes given."""

    def __init__(self, *codes: int):
        self.codes, self.options = list(codes), []

    def call(self, command, environment, *, folder):
        self.options.append(command[3:])
        return self.codes.pop(0)


def run(calls: Calls, tmp_path, arguments=()) -> int:
    return suite.pytest(Places(tmp_path, tmp_path / "var"), calls, {}, list(arguments))


def test_arguments_go_to_one_plain_run(tmp_path):
    calls = Calls(0)

    assert run(calls, tmp_path, ["tests/people", "-x"]) == 0
    assert calls.options == [["tests/people", "-x"]]


@pytest.mark.parametrize(("codes", "code"), [((0, 0), 0), ((1, 0), 1), ((0, 1), 1), ((0, 5), 5), ((1, 2), 1)])
def test_a_failure_of_either_run_counts(tmp_path, codes, code):
    assert run(Calls(*codes), tmp_path) == code


@pytest.mark.parametrize("code", [2, 3, -15])
def test_an_interrupted_run_is_the_last(tmp_path, code):
    calls = Calls(code)

    assert run(calls, tmp_path) == code
    assert len(calls.options) == 1


def test_the_two_runs_share_the_tests_out_between_them():
    first, second = (options[options.index("-m") + 1] for options in suite.PASSES)

    assert first == f"not ({second})"
