"""Take the four screenshots of the README from a running demo (docs/images/README.md says how)."""

import argparse
import getpass
import os
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1280, 900
ANSWERS = ("退休", "按阳历（出生日期）")
FLAGS = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    page.goto(f"{base}/account/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()


def preview_roster(page: Page, base: str, roster: Path) -> None:
    """Upload, answer what the file leaves open, and wait for the preview; nothing is imported."""
    page.goto(f"{base}/admin/registry/importbatch/add/")
    page.set_input_files("input[type=file]", str(roster))
    page.click("main form button[type=submit]")
    for _ in range(60):
        page.wait_for_timeout(1000)
        page.goto(page.url)  # the waiting page reloads itself at moments of its own
        answers = [page.locator(f"xpath=//main//label[normalize-space()='{words}']") for words in ANSWERS]
        if all(answer.count() for answer in answers):
            for answer in answers:
                answer.click()
            page.click("main form button[type=submit]")
        elif not page.query_selector("progress"):
            return
    raise SystemExit("The preview did not come: is the worker running?")


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=HERE / f"{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="address of the demo, without a slash at the end")
    parser.add_argument("roster", type=Path, help="a roster of fictional people (.xlsx)")
    parser.add_argument("--user", default="jingban")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM"), help="path of a browser already installed")
    options = parser.parse_args()
    password = os.environ.get("DEMO_PASSWORD") or getpass.getpass("Password of the demo account: ")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.chromium, args=FLAGS)
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN").new_page()
        page.goto(options.base)
        shoot(page, "home")
        page.goto(f"{options.base}/display/")
        page.click("button[name=switch]")
        page.goto(options.base)
        shoot(page, "elder")
        page.goto(f"{options.base}/display/")
        page.click("button[name=switch]")
        sign_in(page, options.base, options.user, password)
        page.goto(f"{options.base}/admin/")
        shoot(page, "today")
        preview_roster(page, options.base, options.roster)
        shoot(page, "import")


if __name__ == "__main__":
    main()
