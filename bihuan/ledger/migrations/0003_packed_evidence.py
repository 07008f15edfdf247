import bihuan.ledger.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_reminder"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="row",
            name="row_worst",
        ),
        migrations.AddField(
            model_name="evidence",
            name="packed",
            field=models.GeneratedField(
                db_persist=True,
                expression=bihuan.ledger.models.Packed(
                    "subject_id", "signature_id", "held", "counts_for", "present", "entitled"
                ),
                output_field=models.BinaryField(),
            ),
        ),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(fields=["year", "-overdue"], name="row_worst"),
        ),
    ]
