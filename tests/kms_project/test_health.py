"""The health pages: who asks whether the service lives and can answer, and who may see figures."""

import pytest
from django.db import connection

from kms_project import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "_readiness", health._Readiness())


def failing(*args, **kwargs):
    raise RuntimeError("hunter2")


def test_a_process_that_answers_lives(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_server_with_all_that_it_needs_is_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert set(answer.json()["parts"].values()) == {"ok"}


def test_readiness_needs_no_signature_but_reading(client):
    assert client.post("/readyz").status_code == 405


@pytest.mark.parametrize("part", ["database", "migrations", "root key", "trail"])
def test_a_part_that_fails_is_named_but_not_explained(client, monkeypatch, caplog, part):
    monkeypatch.setitem(health._PARTS, part, failing)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"][part] == "failing"
    assert f"{part} is failing: RuntimeError" in caplog.text
    assert "hunter2" not in answer.text + caplog.text


def test_a_migration_that_is_missing_is_found(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")

    assert client.get("/readyz").json()["parts"]["migrations"] == "failing"


def test_a_root_key_that_is_gone_is_found(client, settings, tmp_path):
    from sealing import vault

    vault.seal("123456789012", "us-east-1", b"x")
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "gone").as_uri()

    assert client.get("/readyz").json()["parts"]["root key"] == "failing"


def test_a_trail_that_cannot_keep_its_heads_is_found(client, settings, tmp_path):
    (tmp_path / "audit").write_text("a file where the directory should be")
    settings.STRONGROOM_HOME = tmp_path

    assert client.get("/readyz").json()["parts"]["trail"] == "failing"


def test_many_who_ask_cost_no_more_than_one(client, monkeypatch):
    asked = []
    monkeypatch.setitem(health._PARTS, "trail", lambda: asked.append(1))

    for _ in range(5):
        client.get("/readyz")

    assert len(asked) == 1


def test_figures_are_for_this_machine_only(client):
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403


def test_a_proxy_on_this_machine_does_not_open_the_figures_to_all(client):
    proxied = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}

    assert client.get("/metrics", **proxied).status_code == 403


def test_where_there_is_a_token_nothing_else_opens_the_figures(client, settings):
    settings.STRONGROOM_METRICS_TOKEN = "a token"

    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer ü"}).status_code == 403
    right = client.get(
        "/metrics", REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer a token"}
    )
    assert right.status_code == 200
    assert "strongroom_calls" in right.text
