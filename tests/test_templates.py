"""Every template and stylesheet of the house: compiles, nothing inline, nothing foreign, all of it used."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
STYLES = sorted(path.relative_to(ROOT) for path in (ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted(path.relative_to(ROOT) for path in (ROOT / "static" / "js").glob("*.js"))
# The frameworks ask for these by name, without a file of the same name to override.
ASKED_FOR_BY_NAME = {"500.html"}

INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
FOREIGN = re.compile(r"(?:https?:)?//(?!www\.w3\.org)[a-z0-9-]+\.[a-z]", re.IGNORECASE)
TOO_NEW = re.compile(r":has\(|:is\(|:where\(|@container|@layer|\baspect-ratio\b|\binset:|^\s*&", re.MULTILINE)


def source(name) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    text = re.sub(r"\{#.*?#\}", "", text)
    return re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    assert get_template(name).origin.name == str(TEMPLATES / name)


@pytest.mark.parametrize("name", NAMES)
def test_template_has_nothing_inline_and_no_foreign_host(name):
    text = without_comments(source(name))

    assert INLINE.findall(text) == []
    assert FOREIGN.findall(text) == []


@pytest.mark.parametrize("name", NAMES)
def test_template_comment_of_one_line_stays_on_one_line(name):
    """A {# … #} over two lines is printed to the reader."""
    for line in source(name).splitlines():
        assert line.count("{#") == line.count("#}")


@pytest.mark.parametrize("name", NAMES)
def test_template_names_only_static_files_that_exist(name):
    for path in re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", source(name)):
        assert finders.find(path), path


def test_every_template_is_used():
    places = [path for top in ("apps", "cadre_portal") for path in (ROOT / top).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in places]
    texts += [source(name) for name in NAMES]
    library = [Path(folder) for folder in get_app_template_dirs("templates")]
    unused = [
        name
        for name in NAMES
        if name not in ASKED_FOR_BY_NAME
        and not any((folder / name).exists() for folder in library)
        and not any(f'"{name}"' in text or f"'{name}'" in text for text in texts)
    ]

    assert unused == []


@pytest.mark.parametrize("path", STYLES + SCRIPTS, ids=str)
def test_static_file_loads_nothing_from_elsewhere(path):
    assert FOREIGN.findall((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", STYLES, ids=str)
def test_stylesheet_is_readable_by_chromium_86(path):
    assert TOO_NEW.findall((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_script_writes_no_markup(path):
    text = (ROOT / path).read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|document\.write", text)


def tokens() -> dict[str, str]:
    text = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "surface", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "card", 7),
        ("ink", "gold-wash", 7),
        ("ink-2", "paper", 7),
        ("ink-2", "card", 7),
        ("red", "card", 7),
        ("red", "paper", 7),
        ("red-deep", "red-wash", 7),
        ("blue", "card", 7),
        ("blue", "paper", 7),
        ("blue", "blue-wash", 7),
        ("green", "green-wash", 7),
        ("amber", "amber-wash", 7),
        ("side-ink", "side", 7),
        ("side-ink-2", "side", 7),
        ("line-strong", "card", 3),
        ("line-strong", "paper", 3),
    ],
)
def test_contrast_of_tokens(text, surface, least):
    colours = tokens()

    assert contrast(colours[text], colours[surface]) >= least
