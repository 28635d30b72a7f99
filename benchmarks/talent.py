"""银发人才 at 1,000,000 volunteers: 95th percentile of the time in the database for a page of the talent pool, looked
for by skill, place and time, within the scope of a clerk over all units. `TALENT_PEOPLE` for fewer."""

import os

from django.db import connection

from apps.common.insert_select import execute
from apps.organisation.models import Community, Division
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.talent import TalentAsked, find_talent

from .population import PEOPLE as PERSONS
from .population import Population, rolled_back
from .search import timed

PEOPLE = int(os.environ.get("TALENT_PEOPLE", "1000000"))
ROUNDS, PAGE = 3, 50
STREETS, EACH = 20, 15
SKILLS = ["medical", "law", "teach", "repair", "driving", "cook", "it", "mediate"]
WISHES = ["hospital", "visit", "green", "repair", "legal", "teach"]
# The people of the population, each with a home: an UPDATE after it would write a million lines of history.
HOMED = PERSONS.replace("(public_id,", "(community_id, public_id,", 1).replace(
    "SELECT coalesce", "SELECT (%s::bigint[])[1 + i %% %s], coalesce", 1
)
VOLUNTEERS = """
INSERT INTO volunteers_volunteer (public_id, version, created_at, updated_at, person_id, unit_id, joined_on, skills,
    wishes, strengths, strength_grams)
SELECT gen_random_uuid(), 1, now(), now(), p.id, (%s::bigint[])[1 + p.id %% %s], date '2024-01-01',
    ARRAY[(%s::text[])[1 + p.id %% %s], (%s::text[])[1 + (p.id * 7) %% %s]], ARRAY[(%s::text[])[1 + p.id %% %s]],
    '', '{}'
FROM people_person p JOIN bench_made m ON m.id = p.id
"""
# Two half days of the week each; one in five says where he goes, all others go near their homes.
TIMES = """
INSERT INTO volunteers_volunteertime (volunteer_id, weekday, part)
SELECT m.id, 1 + (m.id + place * 3) %% 7, CASE (m.id / 7 + place) %% 3 WHEN 0 THEN 'am' WHEN 1 THEN 'pm' ELSE 'eve' END
FROM bench_made m CROSS JOIN generate_series(0, 1) place
"""
GOES = """
INSERT INTO volunteers_volunteer_communities (volunteer_id, community_id)
SELECT m.id, (%s::bigint[])[1 + (m.id * 11) %% %s] FROM bench_made m WHERE m.id %% 5 = 0
"""


def run() -> list[dict]:
    with rolled_back():
        people = Population()
        street, community = _grow(people)
        place = {"street": street}
        asked = {
            "skill, street, half day": [TalentAsked(skill=one, weekday=2, part="am", **place) for one in SKILLS],
            "skill, community, half day": [
                TalentAsked(skill=one, weekday=4, part="pm", community=community) for one in SKILLS
            ],
            "service, half day": [TalentAsked(service=one, weekday=3, part="am") for one in WISHES],
            "skill alone": [TalentAsked(skill=one) for one in SKILLS],
            "street alone": [TalentAsked(**place)],
            "half day alone": [TalentAsked(weekday=2, part="am"), TalentAsked(weekday=5, part="pm")],
        }  # fmt: skip
        return [
            _row(work, timed([lambda one=one: _page(people, one) for one in many for _ in range(ROUNDS)]))
            for work, many in asked.items()
        ]


def _page(people: Population, asked: TalentAsked) -> list[Volunteer]:
    return list(find_talent(Volunteer.objects.visible_to(people.clerk), asked)[: PAGE + 1])


def _grow(people: Population) -> tuple[str, int]:
    """A street and a community of it, in a city of volunteers."""
    division = Division.objects.filter(level="county").first()
    rows = Community.objects.bulk_create(
        Community(name=f"基准{place}社区", street=f"基准街道{place % STREETS}", division=division)
        for place in range(STREETS * EACH)
    )
    homes = [row.pk for row in rows]
    execute("CREATE TEMPORARY TABLE bench_made (id bigint) ON COMMIT DROP", [])
    execute(f"WITH made AS ({HOMED}) INSERT INTO bench_made SELECT id FROM made",
            [homes, len(homes), 1, PEOPLE, len(people.names)])  # fmt: skip
    execute(
        VOLUNTEERS,
        [people.units, len(people.units), SKILLS, len(SKILLS), SKILLS, len(SKILLS), WISHES, len(WISHES)],
    )
    execute(TIMES, [])
    execute(GOES, [homes, len(homes)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person, volunteers_volunteer, volunteers_volunteertime,"
                       " volunteers_volunteer_communities, organisation_community, organisation_unit")  # fmt: skip
    return rows[0].street, rows[0].pk


def _row(work: str, spent: list[float]) -> dict:
    return {
        "work": f"talent pool: {work}", "rows": PEOPLE,
        "ours_s": round(sorted(spent)[max(round(len(spent) * 0.95) - 1, 0)], 4), "floor_s": None, "ratio": None,
        "peer": None, "peer_s": None, "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip
