from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_roles_requests_and_seals'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='entry',
            name='entry_of_thing',
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['thing_id', 'thing'], name='entry_of_object'),
        ),
    ]
