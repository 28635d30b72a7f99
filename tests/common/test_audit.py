"""The audit: together with what it speaks of, never changed, not even by the running role."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from apps.common import audit
from apps.common.after_migrate import grant_app_role
from apps.common.models import AuditEntry, AuditSubject
from tests.builders import make_person, make_user


@pytest.mark.django_db
def test_entry_names_actor_people_fields_and_address():
    clerk, person = make_user(), make_person()
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3")
    audit.record(
        "reveal", actor=clerk, people=[person.pk, 7], fields=["citizen_id"], reason="核对待遇", request=request
    )

    stored = AuditEntry.objects.values("actor_id", "action", "fields", "reason", "address", "subject_count").get()
    assert stored == {
        "actor_id": clerk.pk,
        "action": "reveal",
        "fields": ["citizen_id"],
        "reason": "核对待遇",
        "address": "10.1.2.3",
        "subject_count": 2,
    }
    assert set(AuditEntry.objects.get().subjects.values_list("person_id", flat=True)) == {person.pk, 7}


@pytest.mark.django_db(transaction=True)
def test_entry_and_its_people_commit_together():
    audit.record("look", actor=None, people=[1, 2])

    xmins = "SELECT e.xmin::text, s.xmin::text FROM common_auditentry e JOIN common_auditsubject s ON s.entry_id = e.id"
    with connection.cursor() as cursor:
        cursor.execute(xmins)
        rows = cursor.fetchall()
    assert {mine == theirs for mine, theirs in rows} == {True}


@pytest.mark.django_db(transaction=True)
def test_entry_goes_with_the_change_it_speaks_of():
    with transaction.atomic():
        audit.record("change", actor=None)
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_look_refuses_to_be_rolled_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.look("look", actor=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE common_auditentry SET action = 'x'",
        "DELETE FROM common_auditsubject",
        "DELETE FROM common_auditentry",
    ],
)
def test_even_the_owner_cannot_change_rows(statement):
    audit.record("look", actor=None, people=[1])

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def app_role(db):
    """The running role, made here where the server has none; the session speaks as it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'cadre_app'")
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE cadre_app")
        cursor.execute("SELECT pg_has_role(current_user, 'cadre_app', 'SET')")
        if not cursor.fetchone()[0]:
            cursor.execute("GRANT cadre_app TO CURRENT_USER")
    assert grant_app_role("default")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE cadre_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


AUDIT = ("common_auditentry", "common_auditsubject", "common_auditseal")


@pytest.mark.parametrize("table", AUDIT)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_running_role_may_not_change_the_audit(app_role, table, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("statement", ["ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {} CASCADE"])
def test_running_role_may_not_take_the_guard_away(app_role, statement):
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("common_auditentry"))


def test_running_role_may_not_rewrite_change_history(app_role):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_personevent")


def test_running_role_works(app_role):
    person = make_person()
    person.former_name = "李厚"
    person.save()
    audit.record("change", actor=None, people=[person.pk])

    assert AuditSubject.objects.get().person_id == person.pk
    assert person.events.count() == 1


KILLED = textwrap.dedent(
    """
    import os, signal, sys
    import django
    django.setup()
    from django.http import HttpResponse
    from apps.common import audit

    audit.look("person_page", actor=None, people=[int(sys.argv[1])])
    response = HttpResponse("page")
    os.kill(os.getpid(), signal.SIGKILL)
    print(response.content)
    """
)


@pytest.mark.django_db(transaction=True)
def test_process_killed_between_view_and_answer_has_left_its_entry():
    """Committed before a byte of the answer exists (trust B8)."""
    settings = connection.settings_dict
    address = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
    environment = {**os.environ, "DATABASE_URL": f"{address}/{settings['NAME']}"}
    for person in range(1, 6):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(person)], env=environment, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stdout) == (-signal.SIGKILL, ""), done.stderr

    assert sorted(AuditSubject.objects.values_list("person_id", flat=True)) == [1, 2, 3, 4, 5]
