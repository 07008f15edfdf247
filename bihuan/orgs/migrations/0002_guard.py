"""Close the table of sensitive personal facts; it is read inside `lib.guard` alone."""

from django.db import migrations

from bihuan.lib import guard

TABLE = "orgs_personaldetail"


def close(apps, schema_editor):
    guard.close_table(TABLE, schema_editor)


def reopen(apps, schema_editor):
    guard.open_table(TABLE, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [migrations.RunPython(close, reopen)]
