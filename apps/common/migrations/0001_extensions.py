from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """All three are trusted extensions: the owner of a customer's database may create them."""

    initial = True
    dependencies = []
    run_before = [(app, "0001_initial") for app in ("organisation", "accounts", "people", "registry", "branches")]
    operations = [TrigramExtension(), BtreeGistExtension(), UnaccentExtension()]
