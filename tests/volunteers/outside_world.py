"""A unit with a clerk and old comrades who hold posts, for tests of outside posts and their logs."""

import datetime as dt

from apps.organisation.models import Community, Division
from apps.volunteers.models import OutsidePost
from tests.builders import make_cadre, make_unit, make_user

TODAY = dt.date(2026, 11, 22)


class World:
    def __init__(self):
        self.unit = make_unit()
        self.clerk = make_user(role="clerk", unit=self.unit)
        self.division, _ = Division.objects.get_or_create(
            code="441206", defaults={"name": "南河区", "full_name": "云江市南河区", "level": "county"}
        )
        self.community = Community.objects.create(name="榕树社区", street="南河街道", division=self.division)

    def person(self, name="李德厚", *, born="1960-05-02", **over):
        cadre = make_cadre(name, unit=self.unit, **over)
        type(cadre.person).objects.filter(pk=cadre.pk).update(birth_date=born)
        cadre.person.refresh_from_db()
        return cadre.person

    def post(self, person=None, **over) -> OutsidePost:
        return OutsidePost.objects.create(
            **{"unit": self.unit, "person": person or self.person(), "kind": "lane", "body": "榕树社区",
               "field": "city", "level": "block", "community": self.community, "place": "榕树巷",
               "starts_on": dt.date(2025, 1, 1), **over}
        )  # fmt: skip
