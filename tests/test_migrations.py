"""Migrations: none missing, one leaf in each app, and the database holds what the models promise."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_app_has_two_leaves():
    assert MigrationLoader(connection).detect_conflicts() == {}


def test_every_versioned_table_has_its_trigger():
    """Without it bulk SQL would change a row unseen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'pgtrigger_raise_version%' AND t.tgenabled = 'O'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    versioned = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        and "version" in {field.name for field in model._meta.fields}
        and not hasattr(model, "pgh_tracked_model")
    }

    assert versioned - guarded == set()


def test_database_speaks_shanghai_and_knows_chinese():
    with connection.cursor() as cursor:
        cursor.execute("SHOW timezone")
        zone = cursor.fetchone()[0]
        cursor.execute("SELECT cardinality(show_trgm('王建国'))")
        trigrams = cursor.fetchone()[0]

    assert (zone, trigrams > 0) == ("Asia/Shanghai", True)
