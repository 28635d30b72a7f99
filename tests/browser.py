"""A real Chromium for the tests, started once a run, and what each page has to bear: axe, sizes, no sideways scrolling.

The figures are those of trust C3: text 16 (18) px and more, targets 44 (60) px and more, from 320 px, in the standard
version and in 长辈版.
"""

import os
import re
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import sync_playwright

from cadre_portal.embedded.places import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="需要 Chromium：apt-get install chromium fonts-noto-cjk")
FACES = [("standard.18", 1280), ("standard.18", 320), ("elder.24", 1280), ("elder.36", 320)]
AXE_FACES = [FACES[0], FACES[3]]  # the two ends; the measures run on all four

FAILED = ROOT / "var" / "failed"

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
# Only what is wrong comes back: the whole answer is megabytes a page.
VIOLATIONS = """() => axe.run({resultTypes: ['violations']}).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`))"""
SMALLEST_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 999;
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && holder.getClientRects().length)
      least = Math.min(least, parseFloat(getComputedStyle(holder).fontSize));
  }
  return least;
}"""
# A tick box is pressed by its label as well: the taller of the two is the target.
SMALL_TARGETS = """(least) => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter((e) => e.getClientRects().length && !e.classList.contains('skip'))
  .filter((e) => !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
  .filter((e) => Math.max(...[e, ...(/checkbox|radio/.test(e.type) ? e.labels : [])]
    .map((part) => part.getBoundingClientRect().height)) < least)
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="session")
def chromium():
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop running in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server, request):
    """visit(path, display, width, scripts) -> page; complaints of the browser are in page.complaints.

    When the test fails, its pages are kept as pictures in var/failed.
    """
    contexts = []

    def open_page(path, display="standard.18", width=1280, scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=scripts
        )
        contexts.append(context)
        context.add_cookies([{"name": "display", "value": display, "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.goto(live_server.url + path)
        return page

    yield open_page
    for number, context in enumerate(contexts):
        if getattr(request.node, "has_failed", False):
            for page in context.pages:
                page.screenshot(path=FAILED / f"{request.node.name}-{number}.png", full_page=True)
        context.close()


def violations(page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(VIOLATIONS)


def width_of(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height in points of each page."""
    boxes = re.findall(rb"/Type\s*/Page\b[^s].*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf, re.DOTALL)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def cookie_of(user, url: str) -> dict:
    """The cookie of a session of his."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "apps.accounts.access.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}
