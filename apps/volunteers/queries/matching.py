"""Who could be asked for a request: the facts that `rules.matching` judges, in one statement for however many."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from apps.common.code_lists import names_of
from apps.organisation.queries import ancestor_ids, rule_values, subtree_ids
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.models import ServiceRequest
from apps.volunteers.rules.matching import (
    ELSEWHERE,
    GLAD_TO_GO,
    SAME_COMMUNITY,
    SAME_DIVISION,
    SAME_STREET,
    Candidate,
    Match,
    MatchingRules,
    Wanted,
    matches,
)

from .volunteers import limits_of, may_serve, weekly_limits

DAY = dt.timedelta(days=1)
LOOKED_AT, FEW = 60, 400
# Volunteers who wish the service or have a skill for it, nobody whom this request has met already. First, of all of
# them, what is cheap to know: how near, which half days are free, when asked last. Then of the likeliest few hundred
# what else speaks against them, and of the likeliest sixty what their week holds.
FACTS = """
WITH free AS MATERIALIZED (
  SELECT volunteer_id, coalesce(array_agg(part) FILTER (WHERE weekday = %(weekday)s), '{}') AS parts
  FROM volunteers_volunteertime GROUP BY volunteer_id
), asked AS MATERIALIZED (
  SELECT volunteer_id, max(asked_at) AS at FROM volunteers_proposal WHERE asked_at IS NOT NULL GROUP BY volunteer_id
), found AS (
  SELECT v.person_id, v.wishes, v.skills, coalesce(free.parts, '{}') AS parts, free.volunteer_id IS NOT NULL AS said,
    asked.at AS asked_at, p.household_id IS NOT NULL AND p.household_id = %(household)s AS one_home,
    CASE WHEN p.community_id = %(community)s THEN %(same_community)s
         WHEN v.person_id IN (SELECT g.volunteer_id FROM volunteers_volunteer_communities g
                              WHERE g.community_id = %(community)s) THEN %(glad)s
         WHEN c.division_id = %(division)s AND c.street = %(street)s AND c.street <> '' THEN %(same_street)s
         WHEN coalesce(c.division_id, p.residence_division_id) = %(division)s THEN %(same_division)s
         ELSE %(elsewhere)s END AS near
  FROM volunteers_volunteer v
  JOIN people_person p ON p.id = v.person_id AND p.voided_at IS NULL AND p.life_status = 'living'
  LEFT JOIN organisation_community c ON c.id = p.community_id
  LEFT JOIN free ON free.volunteer_id = v.person_id
  LEFT JOIN asked ON asked.volunteer_id = v.person_id
  WHERE v.voided_at IS NULL AND v.left_on IS NULL AND v.unit_id = ANY(%(units)s)
    AND (v.wishes @> ARRAY[%(service)s]::varchar[] OR v.skills && %(skills)s::varchar[])
    AND v.person_id <> %(receiver)s
    AND v.person_id IN (SELECT m.volunteer_id FROM volunteers_teammember m JOIN volunteers_team t ON t.id = m.team_id
                        WHERE m.voided_at IS NULL AND m.starts_on <= %(on)s
                          AND (m.ends_on IS NULL OR m.ends_on > %(on)s) AND t.voided_at IS NULL
                          AND t.closed_on IS NULL AND (%(team)s::bigint IS NULL OR t.id = %(team)s))
    AND NOT EXISTS (SELECT FROM volunteers_proposal q WHERE q.request_id = %(request)s
                      AND q.volunteer_id = v.person_id AND q.voided_at IS NULL)
), few AS MATERIALIZED (
  SELECT * FROM found
  ORDER BY one_home, said AND NOT parts @> %(parts)s::varchar[], NOT wishes @> ARRAY[%(service)s]::varchar[], near,
           NOT said, asked_at NULLS FIRST, person_id
  LIMIT %(few)s
), likely AS MATERIALIZED (
  SELECT few.*,
    EXISTS (SELECT FROM signups_occupied o WHERE o.person_id = few.person_id AND o.weekday = %(weekday)s
              AND int4range(o.starts, o.ends) && int4range(%(starts)s, %(ends)s)
              AND daterange(o.first_on, o.until) && daterange(%(on)s, %(next)s)) AS busy,
    EXISTS (SELECT FROM people_whereabouts w WHERE w.person_id = few.person_id AND w.kind = 'travelling'
              AND w.voided_at IS NULL AND (w.starts_on IS NULL OR w.starts_on <= %(on)s)
              AND (w.ends_on IS NULL OR w.ends_on > %(on)s)) AS away
  FROM few
  ORDER BY busy, away, one_home, said AND NOT parts @> %(parts)s::varchar[],
           NOT wishes @> ARRAY[%(service)s]::varchar[], near, NOT said, asked_at NULLS FIRST, person_id
  LIMIT %(most)s
)
SELECT likely.*, coalesce(turns.minutes, 0) + coalesce(records.minutes, 0)
FROM likely
LEFT JOIN LATERAL (
  SELECT sum(s.ends - s.starts) AS minutes FROM volunteers_turn t JOIN volunteers_shift s ON s.id = t.shift_id
  WHERE t.volunteer_id = likely.person_id AND t.state IN ('due', 'came') AND t.voided_at IS NULL
    AND s.on >= %(monday)s AND s.on < %(week_ends)s
) turns ON true
LEFT JOIN LATERAL (
  SELECT sum(r.minutes) AS minutes FROM volunteers_servicerecord r
  WHERE r.volunteer_id = likely.person_id AND r.on >= %(monday)s AND r.on < %(week_ends)s AND r.turn_id IS NULL
    AND r.state <> 'refused' AND r.voided_at IS NULL
) records ON true
"""
COLUMNS = (
    "person", "wishes", "skills", "free", "said_times", "asked_at", "one_home", "near", "busy", "away", "week_minutes",
)  # fmt: skip


def rules_of(request: ServiceRequest) -> MatchingRules:
    return rule_values(MatchingRules.rule_key, on=request.on, unit=request.unit)


def wanted_of(request: ServiceRequest) -> Wanted:
    return Wanted(
        request.service, names_of("volunteer_service").get(request.service, "帮忙"), request.on, request.starts,
        request.ends, tuple(request.efforts), names_of("volunteer_skill"),
    )  # fmt: skip


def fitting(request: ServiceRequest) -> list[Match]:
    """Who may be asked for a request and is not on its list yet, the best fit first: of the units of its own branch of
    the tree, members of its team where it has one. One statement for the facts, a few for papers and limits of at most
    sixty. See rule book 10.20."""
    rules, wanted = rules_of(request), wanted_of(request)
    rows = _facts(request, wanted, rules)
    return matches(wanted, _candidates(rows, request.on), rules)


def reach(request: ServiceRequest) -> list[int]:
    """Ids of the units whose volunteers may be asked: its own, those above and below."""
    return sorted({*ancestor_ids(request.unit), *subtree_ids([request.unit])})


def _facts(request: ServiceRequest, wanted: Wanted, rules: MatchingRules) -> list[dict]:
    community, monday = request.community, request.on - DAY * request.on.weekday()
    division = community.division_id if community else request.receiver.residence_division_id
    values = {
        "household": request.receiver.household_id, "receiver": request.receiver_id, "request": request.pk,
        "team": request.team_id, "service": request.service, "skills": rules.skills_for(request.service),
        "community": community.pk if community else None, "division": division,
        "street": community.street if community else None, "on": request.on, "next": request.on + DAY,
        "weekday": request.on.isoweekday(), "starts": request.starts, "ends": request.ends,
        "parts": [str(DayPart(part)) for part in wanted.parts], "monday": monday, "week_ends": monday + 7 * DAY,
        "units": reach(request), "most": LOOKED_AT, "few": FEW, "same_community": SAME_COMMUNITY, "glad": GLAD_TO_GO,
        "same_street": SAME_STREET, "same_division": SAME_DIVISION, "elsewhere": ELSEWHERE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _candidates(rows: list[dict], on: dt.date) -> Iterable[Candidate]:
    ids = [row["person"] for row in rows]
    barred, most, limits = may_serve(ids, on), weekly_limits(ids, on), limits_of(ids, on)
    for row in rows:
        person = row["person"]
        yield Candidate(
            **row, weekly_minutes=most.get(person), limits=limits.get(person, ""), barred=barred.get(person, "")
        )
