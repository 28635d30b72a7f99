"""Random users against an oracle that knows nothing of the queries: who may see and change whom (trust B2)."""

import datetime
import random

import pytest
from django.utils import timezone

from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.choices import Level
from apps.branches.models import Membership, Post
from apps.branches.rules.levels import ORDER
from apps.ledgers.access import CARER_PERMISSIONS
from apps.ledgers.models import CareAssignment
from apps.organisation.models import Community, Division, Unit
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.registry.scopes import CHANGE, VIEW
from tests.access_world import GRANTED
from tests.builders import make_cadre, make_member, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db

ROUNDS = 40
DAY = datetime.timedelta(days=1)


class City:
    """Units and organisations in random trees, cadres somewhere in both; parents kept beside the database's paths."""

    def __init__(self, chance: random.Random):
        self.units, self.unit_parent = [make_unit("甲")], {}
        for number in range(10):
            parent = chance.choice(self.units)
            unit = make_unit(f"单位{number}", parent=parent)
            self.units.append(unit)
            self.unit_parent[unit.pk] = parent.pk
        self.branches, self.branch_parent = [make_organisation("支部0", level=ORDER[0])], {}
        for number in range(1, 6):
            parent = chance.choice([one for one in self.branches if one.level != Level.BRANCH])
            level = ORDER[ORDER.index(parent.level) + 1]
            child = make_organisation(f"支部{number}", above=parent, level=level)
            self.branches.append(child)
            self.branch_parent[child.pk] = parent.pk
        division = Division.objects.order_by("code").first()
        self.communities = [Community.objects.create(name=f"社区{number}", division=division) for number in range(3)]
        self.cadres = [make_cadre(f"人{number}", unit=chance.choice(self.units)) for number in range(18)]
        self.user = make_user("x")


def above(key: int, parents: dict[int, int]) -> set[int]:
    """The node and everything above it."""
    found = {key}
    while key in parents:
        key = parents[key]
        found.add(key)
    return found


def span(chance: random.Random, today: datetime.date) -> dict:
    starts = today + chance.randint(-400, 30) * DAY
    return {"starts_on": starts, "ends_on": chance.choice([None, starts + chance.randint(1, 500) * DAY])}


def in_force(row, today: datetime.date) -> bool:
    return row.starts_on <= today and (row.ends_on is None or row.ends_on > today)


def deal(city: City, chance: random.Random, today: datetime.date) -> None:
    """New grants, homes, memberships, posts and pairings; some over, some not begun, some revoked or voided."""
    for model in (RoleGrant, Post, Membership, CareAssignment):
        model.objects.all().delete()
    for role, unit in {(chance.choice(GRANTED), chance.choice(city.units)) for _ in range(chance.randint(0, 3))}:
        revoked = timezone.now() if chance.random() < 0.2 else None
        RoleGrant.objects.create(user=city.user, role=role, unit=unit, revoked_at=revoked, **span(chance, today))
    for community in chance.sample(city.communities, chance.randint(0, 2)):
        RoleGrant.objects.create(
            user=city.user, role="liaison", unit=chance.choice(city.units), community=community, **span(chance, today)
        )
    for cadre in city.cadres:
        home = chance.choice([None, *city.communities])
        Person.objects.filter(pk=cadre.pk).update(community=home)
        if chance.random() < 0.7:
            branch = chance.choice(city.branches)
            link = chance.choice(["formal", "functional"]) if branch.level == Level.BRANCH else "functional"
            make_member(cadre.person, branch, link=link, **span(chance, today))
    for branch in chance.sample(city.branches, chance.randint(0, 2)):
        voided = timezone.now() if chance.random() < 0.2 else None
        Post.objects.create(
            person=chance.choice(city.cadres).person, organisation=branch, kind="member", user=city.user,
            voided_at=voided, **span(chance, today),
        )  # fmt: skip
    for cadre in chance.sample(city.cadres, 3):
        ended = today if chance.random() < 0.3 else None
        CareAssignment.objects.create(
            cadre=cadre, carer=city.user, role="helper", starts_on=today - DAY, ends_on=ended
        )  # fmt: skip
    User.objects.filter(pk=city.user.pk).update(is_active=chance.random() > 0.1)


def expected(city: City, permission: str, today: datetime.date) -> set[int]:
    """Cadres that the rules give, by walking the parents one by one."""
    if not User.objects.get(pk=city.user.pk).is_active:
        return set()
    grants = [grant for grant in RoleGrant.objects.all() if in_force(grant, today) and not grant.revoked_at]
    carrying = [grant for grant in grants if permission in ROLES[grant.role].permissions]
    posts = [post for post in Post.objects.all() if in_force(post, today) and not post.voided_at]
    posted = bool(posts) and permission in ROLES["secretary"].permissions
    found = set()
    for cadre in city.cadres:
        of_units = {grant.unit_id for grant in carrying if not grant.community_id}
        by_unit = of_units & above(cadre.managing_unit_id, city.unit_parent)
        home = Person.objects.values_list("community_id", flat=True).get(pk=cadre.pk)
        by_home = home is not None and home in {grant.community_id for grant in carrying}
        links = [row for row in Membership.objects.filter(person_id=cadre.pk) if in_force(row, today)]
        led = {post.organisation_id for post in posts}
        by_post = posted and any(led & above(link.organisation_id, city.branch_parent) for link in links)
        caring = CareAssignment.objects.filter(cadre=cadre, ends_on__isnull=True).exists()
        by_care = caring and permission in CARER_PERMISSIONS and (bool(carrying) or posted)
        if by_unit or by_home or by_post or by_care:
            found.add(cadre.pk)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_scopes_agree_with_the_oracle(seed):
    chance, today = random.Random(seed), timezone.localdate()
    city, wrong = City(chance), []
    for turn in range(ROUNDS):
        deal(city, chance, today)
        for permission in (VIEW, CHANGE, "people.view_contact", "registry.add_lifeevent"):
            user = User.objects.get(pk=city.user.pk)
            seen = set(Cadre.objects.visible_to(user, permission).values_list("pk", flat=True))
            if seen != expected(city, permission, today):
                wrong.append((turn, permission, seen ^ expected(city, permission, today)))

    assert wrong == []
    assert Unit.objects.count() == len(city.units)
