from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_packed_evidence"),
    ]

    operations = [
        migrations.AddField(
            model_name="book",
            name="engine",
            field=models.SmallIntegerField(default=0),
        ),
    ]
