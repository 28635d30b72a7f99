"""The walk of `drills.pages` through the menus, in an environment of the city: python -m drills.pages_scene URL"""

import json
import os
import sys

import django

django.setup()

from playwright.sync_api import sync_playwright  # noqa: E402 (models need Django set up)

from apps.portal.demo.accounts import STAFF  # noqa: E402
from tests.browser import ARGUMENTS, CHROMIUM, violations, width_of  # noqa: E402
from tests.portal.walking import sign_in  # noqa: E402

USERS = os.environ.get("PAGES_USERS", "").split() or [row[0] for row in STAFF]
WIDTHS = (1280, 375)
MENU = "links => [...new Set(links.map((link) => link.getAttribute('href')))]"


def main(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows = [walk(browser, base, name, width) for name in USERS for width in WIDTHS]
    sys.stdout.write(json.dumps(rows, ensure_ascii=False))


def walk(browser, base: str, username: str, width: int) -> dict:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    sign_in(page, base, username)
    paths = page.eval_on_selector_all(".side-nav a", MENU)
    wrong = 0
    for path in paths:
        complaints.clear()
        answer = page.goto(base + path)
        found = [*complaints, *violations(page)]
        if answer is None or not answer.ok:
            found.append(f"answer {answer and answer.status}")
        if width_of(page) > width:
            found.append(f"{width_of(page)} px wide")
        for line in found:
            sys.stderr.write(f"{username} {width} px {path}: {line}\n")
        wrong += bool(found)
    context.close()
    return {
        "drill": f"menu of {username} at {width} px", "tried": len(paths), "lost": wrong, "doubled": None,
        "oversold": None, "late": None, "unknown": None,
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
