"""AWS managed keys rotate every year; imported material that expires is found by itself."""

from datetime import timedelta

from django.db import migrations, models

DAYS = 365


def have_aws_managed_keys_rotate(apps, schema_editor):
    """As from a year after each was made: those that are older are due."""
    period = timedelta(days=DAYS)
    managed = apps.get_model("keys", "Key").objects.filter(manager="AWS", next_rotation=None)
    managed.update(rotation_period=DAYS, next_rotation=models.F("created") + period)


class Migration(migrations.Migration):

    dependencies = [("keys", "0002_every_kind_of_key")]

    operations = [
        migrations.RemoveIndex(model_name="key", name="keys_that_expire"),
        migrations.AddIndex(
            model_name="material",
            index=models.Index(
                condition=models.Q(("valid_to__isnull", False)),
                fields=["valid_to"],
                name="material_that_expires",
            ),
        ),
        migrations.RunPython(have_aws_managed_keys_rotate, migrations.RunPython.noop),
    ]
