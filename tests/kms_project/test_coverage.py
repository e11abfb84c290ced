"""docs/coverage.md says what is built, and nothing is silently missing from it."""

import pytest
from django.conf import settings
from django.core.management import call_command

from kms_project.coverage import SERVICES, document
from kms_project.operations import OPERATIONS
from service import model


def test_the_page_is_what_is_built():
    page = settings.BASE_DIR / "docs" / "coverage.md"

    assert page.read_text() == document(), "manage.py api_coverage > docs/coverage.md"


def test_the_command_prints_it(capsys):
    call_command("api_coverage")

    assert capsys.readouterr().out == document()


def section(title: str) -> list[str]:
    """The lines of the page under a heading."""
    return document().partition(f"## {title}\n")[2].partition("\n## ")[0].splitlines()


@pytest.mark.parametrize("service", ["kms", "secretsmanager"])
def test_every_operation_of_what_is_built_whole_has_its_line(service):
    lines = section(SERVICES[service])

    for action in model.service(service).operation_names:
        state = "built" if f"{service}:{action}" in OPERATIONS else "not built"
        assert lines.count(f"| {action} | {state} |") == 1


def test_every_key_spec_has_its_line():
    lines = section("Key specs")

    for spec in model.service("kms").shape_for("KeySpec").enum:
        assert sum(line.startswith(f"| {spec} |") for line in lines) == 1


def test_of_the_other_services_every_operation_that_is_built_has_its_line():
    built = {name for name in OPERATIONS if name.partition(":")[0] in SERVICES}

    for name in built:
        assert f"| {name.partition(':')[2]} | built |" in document()
