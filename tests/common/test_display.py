"""The cookie that holds 长辈版 and the text size."""

import pytest

from apps.common.display import Display


@pytest.mark.parametrize("text", ["", "elder", "elder.25", "other.24", "elder.24.1", "<script>"])
def test_anything_else_is_the_standard(text):
    assert Display.from_cookie(text) == Display()


@pytest.mark.parametrize("display", [Display(), Display(elder=True, size=24), Display(size=36)])
def test_cookie_reads_back(display):
    assert Display.from_cookie(display.cookie) == display


def test_switching_gives_each_version_its_own_size():
    assert Display().switched() == Display(elder=True, size=24)
    assert Display(size=36).switched() == Display(elder=True, size=36)
    assert Display(elder=True, size=36).switched() == Display()


def test_html_class_names_only_what_differs():
    assert Display().html_class == ""
    assert Display(elder=True, size=30).html_class == "elder size-30"
