import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts import services
from apps.accounts.access import current_grants, has_staff_role, unit_ids_for
from apps.accounts.models import RoleGrant, User
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.organisation.models import Community, Division
from tests.builders import LONG_AGO, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def cast():
    bureau = make_unit()
    district = make_unit("云山区委老干部局", parent=bureau)
    return {
        "bureau": bureau,
        "district": district,
        "security": make_user("anquan", role="security_admin", unit=bureau),
        "local": make_user("anquan2", role="security_admin", unit=district),
        "clerk": make_user("jingban", unit=bureau),
    }


def grant(cast, role="clerk", *, user="clerk", unit="bureau", actor="security", ends_on=None, starts_on=TODAY):
    return services.grant_role(
        cast[user], role, cast[unit], starts_on=starts_on, ends_on=ends_on, actor=cast[actor], reason="任职"
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_grant_reaches_the_unit_and_below_from_today(cast):
    grant(cast)

    user = fresh(cast["clerk"])
    assert unit_ids_for(user, "registry.view_cadre") == {cast["bureau"].pk, cast["district"].pk}
    assert has_staff_role(user)
    entry = AuditEntry.objects.get(action="grant_role")
    assert (entry.actor_id, entry.target, entry.fields) == (
        cast["security"].pk,
        f"accounts.user:{user.pk}",
        ["clerk"],
    )


def test_nobody_grants_to_himself(cast):
    with pytest.raises(services.NotAllowed, match="不能给自己授权"):
        grant(cast, "auditor", user="security")


def test_reach_of_the_administrator_bounds_his_grants(cast):
    with pytest.raises(services.NotAllowed, match="不包括这个单位"):
        grant(cast, actor="local")
    assert grant(cast, actor="local", unit="district").pk


def test_whoever_may_not_grant_grants_nothing(cast):
    clerk = make_user("jingban2", role="clerk", unit=cast["bureau"])
    cast["other"] = clerk
    with pytest.raises(services.NotAllowed):
        grant(cast, actor="other")


@pytest.mark.parametrize("role", ["secretary", "retiree", "proxy", "superuser"])
def test_roles_of_posts_and_persons_are_not_granted(cast, role):
    with pytest.raises(BusinessError, match="不能在这里授予"):
        grant(cast, role)


@pytest.mark.parametrize(
    ("first", "second"), [("clerk", "auditor"), ("system_admin", "security_admin"), ("auditor", "leader")]
)
def test_administration_security_and_audit_are_kept_apart(cast, first, second):
    grant(cast, first)
    with pytest.raises(BusinessError, match="不同的人担任"):
        grant(cast, second)


def test_one_after_the_other_is_fine(cast):
    grant(cast, "clerk", ends_on=TODAY + datetime.timedelta(days=10))
    later = grant(cast, "auditor", starts_on=TODAY + datetime.timedelta(days=10))

    assert later.pk
    assert set(current_grants(fresh(cast["clerk"]))) == {"clerk"}


def test_same_role_twice_in_one_span_is_refused_by_the_database_too(cast):
    grant(cast)
    with pytest.raises(BusinessError, match="已有同一单位（社区）的同一角色"):
        grant(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=cast["clerk"], role="clerk", unit=cast["bureau"], starts_on=LONG_AGO)


def test_revoked_grant_is_gone_at_once_and_can_be_given_again(cast):
    given = grant(cast)
    services.revoke_role(given, actor=cast["security"], reason="轮岗")
    services.revoke_role(given, actor=cast["security"], reason="轮岗")

    assert not has_staff_role(fresh(cast["clerk"]))
    assert AuditEntry.objects.filter(action="revoke_role").count() == 1
    assert grant(cast).pk


@pytest.mark.parametrize(("starts", "ends"), [(1, None), (-10, 0), (-10, -1)])
def test_grant_outside_its_days_gives_nothing(cast, starts, ends):
    day = datetime.timedelta(days=1)
    RoleGrant.objects.create(
        user=cast["clerk"], role="clerk", unit=cast["bureau"], starts_on=TODAY + starts * day,
        ends_on=None if ends is None else TODAY + ends * day,
    )  # fmt: skip

    assert not has_staff_role(fresh(cast["clerk"]))


def test_superuser_is_refused_by_the_database(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast["clerk"].pk).update(is_superuser=True)


def test_opened_account_has_a_first_password_that_must_change(cast):
    user, password = services.open_account("20099", "新人", unit=cast["district"], actor=cast["local"])

    assert user.check_password(password)
    assert (user.must_change_password, has_staff_role(user)) == (True, False)
    assert password not in str(list(AuditEntry.objects.values()))
    with pytest.raises(BusinessError, match="已有人使用"):
        services.open_account(" 20099", "又一人", unit=cast["district"], actor=cast["local"])


def test_own_password_factor_and_account_are_for_somebody_else(cast):
    me = cast["security"]
    for act in (
        lambda: services.reset_password(me, actor=me),
        lambda: services.reset_second_factor(me, actor=me, reason="x"),
        lambda: services.set_active(me, False, actor=me, reason="x"),
    ):
        with pytest.raises(services.NotAllowed):
            act()


def test_temporary_passwords_are_strong_and_never_the_same():
    passwords = {services.temporary_password() for _ in range(200)}

    assert len(passwords) == 200
    assert all(
        len(one) == 12 and any(map(str.isdigit, one)) and any(map(str.isupper, one)) and any(map(str.islower, one))
        for one in passwords
    )


def test_a_liaison_may_hold_several_communities_of_one_unit_each_once(cast):
    division = Division.objects.order_by("code").first()
    south, north = (Community.objects.create(name=name, division=division) for name in ("南河", "北河"))
    user = make_user("shequ")
    span = {"starts_on": LONG_AGO, "ends_on": None, "actor": None, "reason": "聘书"}
    for community in (south, north):
        services.grant_role(user, "liaison", cast["district"], community=community, **span)

    assert fresh(user).reach("registry.view_cadre") == set()
    assert fresh(user).communities("registry.view_cadre") == {south.pk, north.pk}
    with pytest.raises(BusinessError, match="已有同一单位"):
        services.grant_role(user, "liaison", cast["district"], community=south, **span)
    with pytest.raises(BusinessError, match="只有单位联络员"):
        services.grant_role(cast["clerk"], "clerk", cast["district"], community=south, **span)
