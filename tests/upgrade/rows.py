"""python -m tests.upgrade.rows dump|load FOLDER: the rows of a database, in no database's words.

`migrations.json` says which migration of each app is the newest. In `rows.jsonl.gz` each model
has a line: its label, its columns, and rows of texts (None for NULL), as the fields' own
`value_to_string` writes them. `load` first has those migrations make the tables.
"""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kms_project.settings")
django.setup()

from django.apps.registry import Apps  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

MIGRATIONS, ROWS = "migrations.json", "rows.jsonl.gz"
MADE_BY_MIGRATE = {"auth.permission", "contenttypes.contenttype"}


def dump(folder: Path) -> None:
    newest = dict(MigrationExecutor(connection).loader.graph.leaf_nodes())
    (folder / MIGRATIONS).write_text(json.dumps(newest, indent=1) + "\n")
    lines = [json.dumps(each) for each in _told(_apps(newest))]
    (folder / ROWS).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def load(folder: Path) -> None:
    newest = json.loads((folder / MIGRATIONS).read_text())
    MigrationExecutor(connection).migrate(list(newest.items()))
    apps = _apps(newest)
    filled = []
    with connection.constraint_checks_disabled(), transaction.atomic():
        for line in gzip.decompress((folder / ROWS).read_bytes()).decode().splitlines():
            label, columns, rows = json.loads(line)
            model = apps.get_model(label)
            filled.append(model)
            fields = [_as_given(model._meta.get_field(name)) for name in columns]
            model._base_manager.bulk_create([model(**_values(fields, row)) for row in rows])
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), filled):
                cursor.execute(statement)


def _apps(newest: dict[str, str]) -> Apps:
    """The models as they were after these migrations."""
    return MigrationExecutor(connection).loader.project_state(list(newest.items())).apps


def _told(apps: Apps) -> Iterator[tuple[str, list[str], list[list[str | None]]]]:
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        rows = model._base_manager.order_by("pk")
        if label in MADE_BY_MIGRATE or not rows.exists():
            continue
        fields = model._meta.concrete_fields
        yield label, [field.name for field in fields], [_texts(fields, row) for row in rows]


def _texts(fields: Any, row: models.Model) -> list[str | None]:
    return [
        None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in fields
    ]


def _as_given(field: Any) -> Any:
    """Without the time that it would take from the clock."""
    field.auto_now = field.auto_now_add = False
    return field


def _values(fields: Any, row: list[str | None]) -> dict[str, Any]:
    return {
        field.attname: None if text is None else field.to_python(text)
        for field, text in zip(fields, row, strict=True)
    }


if __name__ == "__main__":
    {"dump": dump, "load": load}[sys.argv[1]](Path(sys.argv[2]))
