from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="title_en",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        )
    ]
