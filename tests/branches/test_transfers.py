import datetime as dt
import random
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.branches import services
from apps.branches.access import Desk
from apps.branches.choices import Link, TransferAct, TransferKind, TransferState
from apps.branches.models import FloatingStay, FormerLetter, Membership, Organisation, Transfer
from apps.branches.queries.transfers import acts_at, to_review, users_to_tell, waits_here
from apps.branches.rules.transfers import Side, next_act
from apps.branches.services import transfers
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.messaging.models import Message
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import LifeEvent
from tests.builders import LONG_AGO, make_member, make_organisation, make_person, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MARCH = PartialDate.parse("2026-03")


def days_ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def staff_desk(organisation, user=None) -> Desk:
    return Desk(organisation, user, TODAY, None)


def post_desk(organisation, post) -> Desk:
    return Desk(organisation, post.user, TODAY, post)


def applied(old, new, person, *, on=None, agreed=True) -> Transfer:
    return transfers.apply(
        staff_desk(old), person, key=uuid.uuid4(), kind="inside", on=on or days_ago(9), to_organisation=new,
        agreed=agreed,
    )  # fmt: skip


def issued(old, new, person, *, on=None, **letter) -> Transfer:
    row = applied(old, new, person, on=on)
    values = {"valid_days": 90, "dues_paid_to": MARCH, **letter}
    return transfers.issue(staff_desk(old), row, on=on or days_ago(9), **values)


def homes(person) -> list[int]:
    """Organisations in which he is a formal member now."""
    links = Membership.objects.filter(person=person, link="formal", ends_on__isnull=True, voided_at__isnull=True)
    return list(links.values_list("organisation_id", flat=True))


@pytest.fixture
def branches():
    unit = make_unit()
    top = make_organisation("云江工委", level="work_committee", unit=unit)
    return top, *(Organisation.objects.add_child(top, {"name": name, "unit": unit}) for name in ("甲支部", "乙支部"))


@pytest.fixture
def member(branches):
    person = make_person()
    make_member(person, branches[1])
    return person


def test_from_letter_to_receipt(branches, member):
    _, old, new = branches
    row = applied(old, new, member, agreed=False)
    assert (row.state, row.turn(TODAY)) == (TransferState.APPLIED, Side.FROM)
    transfers.agree(staff_desk(old), row, on=days_ago(8))
    row = transfers.issue(staff_desk(old), row, on=days_ago(7), valid_days=90, dues_paid_to=MARCH)
    assert row.letter_no == f"{row.issued_on.year}00001"
    assert homes(member) == [old.pk]
    row = transfers.accept(staff_desk(new), row, on=days_ago(3))
    assert homes(member) == [new.pk]
    row = transfers.note_receipt(staff_desk(old), row, on=days_ago(1))

    assert row.state == TransferState.DONE
    assert [step.act for step in row.steps.all()] == ["apply", "agree", "issue", "accept", "receipt"]
    assert all(step.by_staff for step in row.steps.all())
    assert row.left.ends_on == row.joined.starts_on == days_ago(3)


def test_second_click_changes_nothing(branches, member):
    _, old, new = branches
    row = issued(old, new, member)
    for _ in range(2):
        transfers.accept(staff_desk(new), row, on=TODAY)

    assert row.steps.filter(act=TransferAct.ACCEPT).count() == 1
    assert AuditEntry.objects.filter(action="transfer.accept").count() == 1


def test_same_key_is_one_transfer(branches, member):
    _, old, new = branches
    key = uuid.uuid4()
    one, two = (
        transfers.apply(staff_desk(old), member, key=key, kind="inside", on=TODAY, to_organisation=new)
        for _ in range(2)
    )

    assert one.pk == two.pk


def test_one_open_transfer_a_person_by_constraint(branches, member):
    _, old, new = branches
    applied(old, new, member)
    with pytest.raises(BusinessError, match="已有一件转接正在办"):
        applied(old, new, member)
    with pytest.raises(IntegrityError, match="transfer_one_open"), transaction.atomic():
        Transfer.objects.create(
            person=member, from_organisation=old, to_organisation=new, applied_on=TODAY, moved_on=TODAY
        )


@pytest.mark.parametrize("kind", ["functional", "temporary", "floating"])
def test_no_transfer_into_a_branch_without_formal_relations(branches, member, kind):
    other = make_organisation("社团支部", kind=kind)
    with pytest.raises(BusinessError, match="登记为"):
        applied(branches[1], other, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            person=member, from_organisation=branches[1], to_organisation=other, applied_on=TODAY, moved_on=TODAY
        )

    assert homes(member) == [branches[1].pk]


def test_functional_membership_leaves_the_formal_one_untouched(branches, member):
    services.join_organisation(
        member, make_organisation("社团支部", kind="functional"), on=TODAY, actor=None, link=Link.FUNCTIONAL
    )

    assert homes(member) == [branches[1].pk]


def test_letter_past_its_day_is_renewed_before_acceptance(branches, member):
    _, old, new = branches
    row = issued(old, new, member, on=days_ago(100))
    assert row.turn(TODAY) == Side.ABOVE
    assert list(Transfer.objects.expired(TODAY)) == [row]
    with pytest.raises(BusinessError, match="已经逾期"):
        transfers.accept(staff_desk(new), row, on=TODAY)

    again = {"valid_days": 30, "dues_paid_to": MARCH, "reason": "late", "replaces": row.letter_no}
    first = row.letter_no
    for _ in range(2):
        row = transfers.reissue(staff_desk(old), row, on=TODAY, **again)
    assert (row.letter_no[-5:], FormerLetter.objects.get().letter_no) == ("00002", first)
    assert transfers.accept(staff_desk(new), row, on=TODAY).state == TransferState.ACCEPTED


def test_number_of_a_replaced_letter_is_not_given_again(branches, member):
    _, old, new = branches
    row = issued(old, new, member, number="云组转7号")
    transfers.reissue(
        staff_desk(old), row, on=TODAY, valid_days=9, dues_paid_to=None, reason="lost", replaces="云组转7号"
    )
    other = make_person("王秀兰")
    make_member(other, old)

    with pytest.raises(BusinessError, match="编号已经用过"):
        issued(old, new, other, number="云组转7号")


def test_undo_on_the_same_day_puts_back_exactly_the_rows(branches, member):
    _, old, new = branches
    guest = make_member(member, new, link="floating")
    stay = FloatingStay.objects.create(
        person=member, organisation=old, starts_on=LONG_AGO, city="海口市", host=new, guest=guest
    )
    row = transfers.accept(staff_desk(new), issued(old, new, member), on=TODAY)
    guest.refresh_from_db()
    stay.refresh_from_db()
    assert (guest.ends_on, stay.ends_on) == (TODAY, TODAY)
    row = transfers.undo_accept(staff_desk(new), row, on=TODAY)

    guest.refresh_from_db()
    stay.refresh_from_db()
    assert (row.state, homes(member)) == (TransferState.UNDER_WAY, [old.pk])
    assert (guest.ends_on, stay.ends_on, stay.ended_by) == (None, None, None)
    assert Membership.objects.filter(voided_at__isnull=False).count() == 1


def test_undo_is_refused_the_day_after(branches, member):
    _, old, new = branches
    row = transfers.accept(staff_desk(new), issued(old, new, member), on=TODAY)
    Transfer.objects.update(accepted_at=timezone.now() - dt.timedelta(days=1))

    with pytest.raises(BusinessError, match="当天撤销"):
        transfers.undo_accept(staff_desk(new), row, on=TODAY)


def test_sent_back_with_a_reason_he_stays_and_may_apply_again(branches, member):
    _, old, new = branches
    row = issued(old, new, member)
    with pytest.raises(BusinessError, match="写明原因"):
        transfers.close(staff_desk(new), row, act="send_back", on=TODAY, reason=" ")
    row = transfers.close(staff_desk(new), row, act="send_back", on=TODAY, reason="住址不在本社区")

    assert (row.state, row.turn(TODAY), homes(member)) == (TransferState.SENT_BACK, None, [old.pk])
    assert applied(old, new, member).pk != row.pk


@pytest.mark.parametrize(
    ("days", "sentence"), [(-1, "不能晚于今天"), (10, "早于开信日期")]
)  # fmt: skip
def test_impossible_days_of_acceptance_are_refused(branches, member, days, sentence):
    _, old, new = branches
    row = issued(old, new, member)
    with pytest.raises(BusinessError, match=sentence):
        transfers.accept(staff_desk(new), row, on=days_ago(days))

    assert homes(member) == [old.pk]


def test_out_leaves_the_city_when_the_receipt_comes(branches, member):
    old = branches[1]
    desk = staff_desk(old)
    row = transfers.apply(
        desk, member, key=uuid.uuid4(), kind="out", on=days_ago(5), outside_name="海口市某支部", agreed=True
    )
    row = transfers.issue(desk, row, on=days_ago(4), valid_days=90, dues_paid_to=MARCH)
    assert row.turn(TODAY) == Side.FROM
    row = transfers.accept(desk, row, on=days_ago(1))

    assert (row.state, homes(member)) == (TransferState.DONE, [])


def test_in_from_outside_is_accepted_by_letter(branches):
    new, person = branches[2], make_person("王秀兰")
    desk = staff_desk(new)
    letter = {"letter_no": "琼组0031", "issued_on": days_ago(20), "valid_days": 90, "dues_paid_to": MARCH}
    row = transfers.take_in(desk, person, key=uuid.uuid4(), on=days_ago(3), outside_name="海口市某支部", **letter)
    row = transfers.accept(desk, row, on=days_ago(2))
    row = transfers.note_receipt(desk, row, on=TODAY)

    assert (row.state, homes(person)) == (TransferState.DONE, [new.pk])


def test_who_is_here_already_needs_no_letter_from_outside(branches, member):
    with pytest.raises(BusinessError, match="市内转接"):
        transfers.take_in(
            staff_desk(branches[2]), member, key=uuid.uuid4(), on=TODAY, outside_name="x", letter_no="1",
            issued_on=TODAY, valid_days=90, dues_paid_to=None,
        )  # fmt: skip


def test_each_side_does_its_own_steps(branches, member):
    top, old, new = branches
    secretaries = {
        org.pk: make_post(make_person(f"书记{org.pk}"), org, user=make_user(f"s{org.pk}", is_staff=False))
        for org in branches
    }
    committee = make_post(make_person("委员"), old, kind="publicity", user=make_user("wei", is_staff=False))
    at_old, at_new = (post_desk(org, secretaries[org.pk]) for org in (old, new))
    above = post_desk(old, secretaries[top.pk])
    row = transfers.apply(at_old, member, key=uuid.uuid4(), kind="inside", on=TODAY, to_organisation=new)

    assert acts_at(at_old, row) == ["agree", "send_back", "withdraw"]
    assert acts_at(above, row) == acts_at(at_new, row) == acts_at(post_desk(old, committee), row) == []
    with pytest.raises(BusinessError, match="不归这里办"):
        transfers.agree(above, row, on=TODAY)
    row = transfers.agree(at_old, row, on=TODAY)
    assert acts_at(above, row) == ["issue", "send_back"]
    assert to_review(post_desk(top, secretaries[top.pk])) == [row]
    row = transfers.issue(above, row, on=TODAY, valid_days=90, dues_paid_to=None)
    assert waits_here(at_new, row)
    with pytest.raises(BusinessError, match="不归这里办"):
        transfers.accept(at_old, row, on=TODAY)


def test_whose_turn_it_is_is_told_and_who_had_it_no_longer(branches, member, settings):
    top, old, new = branches
    users = {}
    for org in branches:
        users[org.pk] = make_user(f"s{org.pk}", is_staff=False)
        make_post(make_person(f"书记{org.pk}"), org, user=users[org.pk])
    row = applied(old, new, member)
    assert users_to_tell([row], TODAY) == {row.pk: [users[top.pk].pk]}
    transfers.issue(staff_desk(old), row, on=TODAY, valid_days=90, dues_paid_to=None)

    standing = Message.objects.filter(withdrawn_at__isnull=True)
    assert list(standing.values_list("user_id", "template")) == [(users[new.pk].pk, "transfer.waits")]


def test_death_ends_an_open_transfer_and_undo_goes_on(branches, member):
    _, old, new = branches
    row = issued(old, new, member)
    event = LifeEvent.objects.create(
        person=member, kind=LifeEventKind.DIED, state=LifeEventState.CONFIRMED, happened_on=str(days_ago(1)),
        decided_at=timezone.now(),
    )  # fmt: skip
    event.refresh_from_db()
    services.close_by_death(event, undo=False)
    row.refresh_from_db()
    assert (row.state, row.turn(TODAY), homes(member)) == (TransferState.ENDED, None, [])
    services.close_by_death(event, undo=True)
    row.refresh_from_db()

    assert (row.state, homes(member)) == (TransferState.UNDER_WAY, [old.pk])
    assert transfers.accept(staff_desk(new), row, on=TODAY).state == TransferState.ACCEPTED


def test_death_ends_a_stay_elsewhere_and_undo_reopens_it(branches, member):
    stay = FloatingStay.objects.create(person=member, organisation=branches[1], starts_on=LONG_AGO, city="海口市")
    event = LifeEvent.objects.create(
        person=member, kind=LifeEventKind.DIED, state=LifeEventState.CONFIRMED, happened_on=str(days_ago(1)),
        decided_at=timezone.now(),
    )  # fmt: skip
    event.refresh_from_db()
    services.close_by_death(event, undo=False)
    stay.refresh_from_db()
    assert (stay.ends_on, stay.closed_by_event) == (days_ago(1), event)
    services.close_by_death(event, undo=True)
    stay.refresh_from_db()

    assert (stay.ends_on, stay.closed_by_event) == (None, None)


def random_act(rng, row):
    """One act, every other time the one waited for, where its turn is; refusals are part of the walk."""
    old, new = row.from_organisation, row.to_organisation or row.from_organisation
    waited_for = next_act(row.kind, row.state) if rng.random() < 0.5 else ""
    desk = staff_desk(rng.choice([old, new]) if not waited_for else new if waited_for == TransferAct.ACCEPT else old)
    on = days_ago(rng.choice([-1, 0, 0, 0, 0, 0, 1, 5]))
    letter = {"valid_days": rng.choice([1, 3, 90, 91]), "dues_paid_to": None}
    acts = {
        "agree": lambda: transfers.agree(desk, row, on=on),
        "issue": lambda: transfers.issue(desk, row, on=on, **letter),
        "reissue": lambda: transfers.reissue(desk, row, on=on, reason="lost", replaces=row.letter_no, **letter),
        "accept": lambda: transfers.accept(desk, row, on=on),
        "undo": lambda: transfers.undo_accept(desk, row, on=on),
        "receipt": lambda: transfers.note_receipt(desk, row, on=on),
        "back": lambda: transfers.close(desk, row, act="send_back", on=on, reason="x"),
        "withdraw": lambda: transfers.close(desk, row, act="withdraw", on=on, reason="x"),
    }
    acts[waited_for or rng.choices(list(acts), [8, 12, 2, 12, 3, 5, 1, 1])[0]]()


def test_random_walk_keeps_each_in_exactly_one_formal_branch(branches, monkeypatch):
    """Six hundred acts, right and wrong, in any order: the sum of formal members never moves."""
    monkeypatch.setattr(transfers, "_tell", lambda *args, **kwargs: None)
    rng = random.Random(20260310)
    people = [make_person(f"党员{number}") for number in range(6)]
    third = Organisation.objects.add_child(branches[0], {"name": "丙支部", "unit": branches[0].unit})
    organisations = [*branches[1:], third]
    for person in people:
        make_member(person, rng.choice(organisations))
    moved = 0
    for _ in range(600):
        person = rng.choice(people)
        here = organisations[[one.pk for one in organisations].index(homes(person)[0])]
        rows = list(Transfer.objects.filter(person=person).select_related("from_organisation", "to_organisation"))
        try:
            if not rows or rng.random() < 0.15:
                applied(here, rng.choice(organisations), person, on=days_ago(rng.choice([0, 0, 0, 4])))
            else:
                random_act(rng, max(rows, key=lambda row: row.pk) if rng.random() < 0.9 else rng.choice(rows))
        except BusinessError:
            pass
        now_at = homes(person)
        assert len(now_at) == 1
        moved += now_at != [here.pk]

    assert moved > 20
    assert sum(len(homes(person)) for person in people) == len(people)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_accept_and_withdraw_at_once():
    unit = make_unit()
    old, new = make_organisation("甲支部", unit=unit), make_organisation("乙支部", unit=unit)
    person = make_person()
    make_member(person, old)
    row = issued(old, new, person)
    outcomes, barrier = [], threading.Barrier(4)

    def run(act):
        try:
            barrier.wait(timeout=10)
            act()
            outcomes.append("done")
        except BusinessError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    acts = [
        lambda: transfers.accept(staff_desk(new), row, on=TODAY),
        lambda: transfers.accept(staff_desk(new), row, on=TODAY),
        lambda: transfers.close(staff_desk(old), row, act="withdraw", on=TODAY, reason="不走了"),
        lambda: transfers.close(staff_desk(old), row, act="withdraw", on=TODAY, reason="不走了"),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    row.refresh_from_db()
    assert sorted(outcomes) == ["done", "done", "state", "state"]
    assert homes(person) == ([new.pk] if row.state == TransferState.ACCEPTED else [old.pk])
    assert row.kind == TransferKind.INSIDE
