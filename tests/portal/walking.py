"""What every walk through the running demo city does in the browser."""

import time

from apps.portal.demo.accounts import DEMO_PASSWORD


def sign_in(page, base: str, username: str) -> None:
    page.goto(f"{base}/account/login/?next=/admin/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def wait_while(page, word: str, seconds: float = 60) -> None:
    """Reload a page that says it is still working, as somebody without scripts would see it."""
    deadline = time.monotonic() + seconds
    while word in page.title():
        assert time.monotonic() < deadline, f"still: {page.title()}"
        time.sleep(0.3)
        page.reload()
