from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def note(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Of a built-in one whose role went before, it is not known that it had any."""
    functions = apps.get_model("rotation", "RotationFunction").objects
    had_one = models.Q(role__isnull=False) | models.Q(kind="Python")
    functions.filter(had_one).update(has_own_role=True)


class Migration(migrations.Migration):
    dependencies = [("rotation", "0001_initial")]

    operations = [
        migrations.AddField("rotationfunction", "has_own_role", models.BooleanField(default=False)),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
