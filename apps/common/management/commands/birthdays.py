"""`birthdays --calendar lunar --month 12 --day 30 --from 2025-01-01 --to 2030-12-31`: one ISO date a line.

Bad input gives one Chinese sentence on standard error and exit code 2. Reads no database and no clock.
"""

import datetime as dt
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from apps.common.birthday import FEB29_POLICIES, LEAP_POLICIES, Birthday, occurrences

CALENDAR_WORDS = {
    "solar": "solar",
    "lunar": "lunar",
    "公历": "solar",
    "阳历": "solar",
    "农历": "lunar",
    "阴历": "lunar",
}


class Command(BaseCommand):
    help = "列出一个生日在一段时间里的公历日期，每行一个"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--calendar", help="solar（公历）或 lunar（农历）")
        parser.add_argument("--month", help="月，1 至 12")
        parser.add_argument("--day", help="日")
        parser.add_argument("--leap", action="store_true", help="生在闰月")
        parser.add_argument("--from", dest="start", help="起始日期，如 2025-01-01（含）")
        parser.add_argument("--to", dest="end", help="截止日期，如 2030-12-31（含）")
        parser.add_argument("--leap-policy", default="normal", help="闰月生日：normal 过平月，leap 优先过闰月")
        parser.add_argument("--feb29", default="02-28", help="2月29日生日在平年过 02-28 或 03-01")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            days = self._days(options)
        except ValueError as error:
            self._refuse(str(error))
        for day in days:
            self.stdout.write(day.isoformat())

    def _days(self, options: dict[str, Any]) -> list[dt.date]:
        calendar = CALENDAR_WORDS.get(options["calendar"] or "")
        if calendar is None:
            raise ValueError("请用 --calendar 写明 solar（公历）或 lunar（农历）。")
        if options["leap_policy"] not in LEAP_POLICIES:
            raise ValueError("--leap-policy 只能是 normal 或 leap。")
        if options["feb29"] not in FEB29_POLICIES:
            raise ValueError("--feb29 只能是 02-28 或 03-01。")
        month, day = _number(options["month"], "--month"), _number(options["day"], "--day")
        birthday = Birthday(calendar, month, day, options["leap"])
        start, end = _date(options["start"], "--from"), _date(options["end"], "--to")
        if start > end:
            raise ValueError("起始日期晚于截止日期。")
        return occurrences(birthday, start, end, leap_policy=options["leap_policy"], feb29=options["feb29"])

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def _number(text: Any, option: str) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        raise ValueError(f"请用 {option} 写明数字。") from None


def _date(text: Any, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"请用 {option} 写明日期，如 2025-01-01。") from None
