"""What stands in the database beside the schema: code lists, and the rights of the running role."""

import pghistory.models
from django.apps import apps
from django.db import connections

from .code_lists import load_code_lists

APP_ROLE = "cadre_app"
AUDIT_TABLES = ("common_auditentry", "common_auditsubject", "common_auditseal")

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE ON {kept} FROM {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""
MAINTAIN = "GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {role}"


def after_migrate(sender, using="default", **kwargs) -> None:
    load_code_lists()
    grant_app_role(using)


def change_history_tables(existing: set[str]) -> list[str]:
    """Tables in which triggers keep what rows were before."""
    models = (model for model in apps.get_models() if issubclass(model, pghistory.models.Event))
    return sorted({model._meta.db_table for model in models if not model._meta.proxy} & existing)


def grant_app_role(using: str) -> bool:
    """Let the running role read and write everything, but only add to the audit and to the change history; False where
    there is no such role."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            return False
        cursor.execute("SELECT to_regclass('common_auditseal'), to_regclass('django_migrations')")
        if None in cursor.fetchone():
            return False
        kept = [*AUDIT_TABLES, *change_history_tables(set(connections[using].introspection.table_names(cursor)))]
        cursor.execute(GRANTS.format(role=APP_ROLE, kept=", ".join(kept)))
        if connections[using].pg_version >= 170_000:  # after a set-based write the tables are analysed at once
            cursor.execute(MAINTAIN.format(role=APP_ROLE))
    return True
