"""A few people who are always there: the edges of the rules, met every day when trying the portal out."""

import datetime

from apps.common.birthday import lunar_of
from apps.common.citizen_id import check_digit

from .people import DemoPerson

# name, sex, born, living, calendar, veteran, hard of hearing, unit
CAST = (
    ("李德厚", "1", "1933-09-12", "alone", "solar", True, True, "YJ017"),
    ("欧阳䶮", "1", "1944-06-20", "spouse", "solar", False, False, "YJ007"),
    ("陈秀英", "2", "1931-11-24", "children", "lunar", True, False, "YJ014"),
    ("吴志强", "1", "1948-03-05", "spouse", "lunar", False, False, "YJ024"),
    ("沈闰芳", "2", "1938-09-01", "alone", "lunar", False, False, "YJ020"),  # 闰七月初八
    ("年守岁", "1", "1945-02-12", "children", "lunar", False, False, "YJ012"),  # 腊月三十
    ("闫四春", "1", "1936-02-29", "spouse", "solar", False, True, "YJ009"),  # 2月29日
    ("董至仁", "1", "1937-01-20", "nurse", "lunar", False, True, "YJ005"),  # 虚岁 after the lunar new year
    ("尉迟𬭎", "1", "1950-10-01", "spouse", "solar", False, False, "YJ016"),
    ("古丽米热·艾山", "2", "1952-05-08", "children", "solar", False, False, "YJ901"),
    ("单翠萍", "2", "1946-12-30", "care_home", "lunar", False, False, "YJ90203"),
    ("曾念慈", "2", "1929-04-18", "nurse", "lunar", True, True, "YJ001"),
)


def fixed_cast() -> list[DemoPerson]:
    return [_person(number, *row) for number, row in enumerate(CAST, 1)]


def _person(number, name, sex, born, living, calendar, veteran, hard_of_hearing, unit) -> DemoPerson:
    day = datetime.date.fromisoformat(born)
    lunar = lunar_of(day)
    first = f"449900{day:%Y%m%d}{980 + number * 2 - (1 if sex == '1' else 0) - 24:03d}"
    start = 1948 if veteran else day.year + 20
    return DemoPerson(
        name=name, sex=sex, born=day,
        citizen_id=first + check_digit(first),
        mobile="" if name in {"李德厚", "曾念慈"} else f"13911110{number:03d}",
        landline=f"07008800{number:03d}" if number % 2 else "",
        unit_code=unit,
        retire_type="veteran" if veteran else "retired",
        retired_on="1985-03" if veteran else f"{day.year + 60}-{day.month:02d}",
        work_start=f"{start}-03",
        party_since=f"{start + 3}-07-01",
        political_status="01",
        post="副局长" if number % 3 else "科长",
        leader_rank="132" if number % 3 else "141",
        education="30", category="公务员", living=living, calendar=calendar,
        birthday=(day.month, day.day, False) if calendar == "solar" else (lunar.month, lunar.day, lunar.is_leap),
        deceased="", condition="32" if veteran else "20", ability=1 if veteran else 0,
        address=f"河滨路{number}号", hard_of_hearing=hard_of_hearing,
        relative=(f"{name[0]}敏", "30", f"13800001{number:03d}"),
        difficulties=["独居"] if living == "alone" else [],
    )  # fmt: skip
