"""Founding, changing, moving, dissolving and merging: nobody is ever in no branch or in two."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.branches import services
from apps.branches.choices import ActKind, Link
from apps.branches.models import Membership, Organisation, OrganisationAct, Post
from apps.branches.queries import member_counts, standings
from apps.common.errors import BusinessError
from tests.builders import make_member, make_organisation, make_person, make_post

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 3)


def sum_of_formal(on) -> int:
    return Membership.objects.current(on).filter(link="formal").count()


@pytest.fixture
def branches():
    one, two = make_organisation("一支部"), make_organisation("二支部")
    for name in ("丁一", "王五", "马六"):
        make_member(make_person(name), one)
    make_member(make_person("李七"), two)
    make_post(make_person("书记"), one)
    return one, two


def test_merging_moves_everybody_on_one_day_and_can_be_undone_that_day(branches):
    one, two = branches
    doubled = Membership.objects.filter(organisation=one).first().person
    make_member(doubled, two, link=Link.FLOATING)
    act = services.dissolve(
        one, on=DAY, document_no="云〔2026〕1号", reason="人少", actor=None, target=two, merged=True
    )

    assert [sum_of_formal(day) for day in (DAY - dt.timedelta(1), DAY, timezone.localdate())] == [4, 4, 4]
    assert member_counts([one.pk, two.pk], DAY)[two.pk].full == 4
    assert Post.objects.get().ends_on == DAY
    assert list(
        OrganisationAct.objects.filter(kind=ActKind.MERGED).values_list("organisation", flat=True).order_by("pk")
    ) == [two.pk, one.pk]  # noqa: E501
    with pytest.raises(BusinessError, match="已经撤销|已撤销"):
        services.dissolve(one, on=DAY, document_no="x", reason="", actor=None, target=two)
    with pytest.raises(BusinessError, match="当天"):
        services.undo_dissolution(act, actor=None, today=timezone.localdate() + dt.timedelta(1))

    services.undo_dissolution(act, actor=None, today=timezone.localdate())
    assert Organisation.objects.get(pk=one.pk).dissolved_on is None
    assert member_counts([one.pk, two.pk], DAY)[one.pk].full == 3
    assert Membership.objects.current(DAY).filter(person=doubled, link=Link.FLOATING).exists()
    assert Post.objects.get().ends_on is None
    with pytest.raises(BusinessError, match="已经取消"):
        services.undo_dissolution(act, actor=None, today=timezone.localdate())


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"target": None}, "3 名党员的正式组织关系"),
        ({"document_no": ""}, "批复文号"),
        ({"on": dt.date(2019, 1, 1)}, "不能早于这一天"),
        ({"target": "club"}, "登记为“功能型”"),
        ({"target": "self"}, "另一个党支部"),
    ],
)
def test_a_dissolution_that_would_lose_somebody_is_refused(branches, over, sentence):
    one, two = branches
    targets = {"club": make_organisation("书画社", kind="functional"), "self": one, None: None}
    values = {"on": DAY, "document_no": "1号", "reason": "", "target": two, **over}
    values["target"] = targets.get(over["target"], two) if "target" in over else two
    with pytest.raises(BusinessError, match=sentence):
        services.dissolve(one, actor=None, **values)

    assert sum_of_formal(DAY) == 4
    assert Organisation.objects.filter(dissolved_on__isnull=False).count() == 0


def test_nothing_is_dissolved_with_organisations_below_it():
    general = make_organisation("总支", level="general")
    make_organisation("一支部", above=general)
    with pytest.raises(BusinessError, match="下面还有 1 个党组织"):
        services.dissolve(general, on=DAY, document_no="1号", reason="", actor=None)


def test_a_change_of_name_needs_a_document_and_stands_in_the_history(branches):
    one, _ = branches
    one.name = "新名支部"
    with pytest.raises(BusinessError, match="批复文号"):
        services.change_organisation(one, actor=None)
    services.change_organisation(one, actor=None, document_no="云〔2026〕2号", on=DAY)

    assert OrganisationAct.objects.get(kind="changed").note == "名称由“一支部”改为“新名支部”"
    one.level = "general"
    with pytest.raises(BusinessError, match="3 名党员的正式组织关系"):
        services.change_organisation(one, actor=None, document_no="x")
    one.level, one.name = "branch", "二支部"
    with pytest.raises(BusinessError, match="已有同名"):
        services.change_organisation(one, actor=None, document_no="x")


def test_moving_keeps_the_order_of_levels_and_takes_everything_below_along(branches):
    one, two = branches
    general = make_organisation("总支", level="general")
    group = make_organisation("一组", above=one, level="group")
    services.move_organisation(one, general, on=DAY, document_no="3号", actor=None)

    assert Organisation.objects.get(pk=group.pk).path.startswith(Organisation.objects.get(pk=general.pk).path)
    with pytest.raises(BusinessError, match="不能设在党支部下面"):
        services.move_organisation(Organisation.objects.get(pk=general.pk), two, on=DAY, document_no="4号", actor=None)
    with pytest.raises(BusinessError, match="它自己或它下面"):
        services.move_organisation(
            Organisation.objects.get(pk=general.pk), Organisation.objects.get(pk=one.pk), on=DAY, document_no="4号",
            actor=None,
        )  # fmt: skip


def test_the_eighth_of_a_committee_is_refused(branches):
    one, _ = branches
    kinds = ["deputy", "organisation", "publicity", "discipline", "member", "member"]
    for number, kind in enumerate(kinds):
        services.appoint(make_person(f"委员{number}"), one, kind=kind, on=DAY, actor=None)
    with pytest.raises(BusinessError, match="最多 7 人"):
        services.appoint(make_person("第八"), one, kind="member", on=DAY, actor=None)


def test_somebody_holds_posts_in_two_organisations_and_two_in_one(branches):
    one, two = branches
    person = Post.objects.get().person
    services.appoint(person, two, kind="secretary", on=DAY, actor=None)
    services.appoint(person, one, kind="organisation", on=DAY, actor=None)

    assert Post.objects.filter(person=person, ends_on__isnull=True).count() == 3


def test_standings_say_what_is_to_be_mended_in_a_constant_number_of_queries(branches, django_assert_num_queries):
    one, two = branches
    for number in range(50):
        make_member(make_person(f"党员{number}"), one)
    Organisation.objects.filter(pk=two.pk).update(term_ends_on=dt.date(2026, 5, 1))
    Post.objects.get().person.__class__.objects.filter(pk=Post.objects.get().person_id).update(life_status="deceased")
    rows = list(Organisation.objects.order_by("pk"))
    with django_assert_num_queries(4):
        large, small = standings(rows, DAY)

    assert {one.code for one in large.findings} == {"too_large", "no_committee", "secretary_dead", "no_meeting"}
    assert "too_large" not in {one.code for one in large.said_to(superior=False)}
    assert {one.code for one in small.findings} == {"too_small", "no_secretary", "term_over", "no_meeting"}
