"""Delivery: each notice is posted once, whoever does it, and tried again where it was not taken."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from notices import delivering, posting
from notices.models import Delivery, State
from tests.audit.making import in_thread, plans, walked
from tests.notices.conftest import fall_due
from tests.support.certificates import Authority
from tests.support.receiver import OTHER_SECRET, SECRET, Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_due_is_posted_and_signed(receiver, put):
    row = put()

    assert delivering.deliver_due() == 1

    ((headers, event),) = receiver.posts
    assert event["id"] == headers["webhook-id"] == row.notice_id
    assert headers["content-type"] == "application/json"
    row.refresh_from_db()
    assert (row.state, row.attempts, row.problem) == (State.DELIVERED, 1, "")
    assert row.finished is not None
    assert delivering.deliver_due() == 0


def test_while_a_secret_is_exchanged_both_count(receiver, put, settings):
    settings.STRONGROOM_WEBHOOK_SECRETS = f"{OTHER_SECRET},{SECRET}"
    put()
    delivering.deliver_due()
    receiver.secret = OTHER_SECRET
    put()
    delivering.deliver_due()

    assert len(receiver.posts) == 2


def test_a_post_that_is_signed_with_another_secret_is_not_taken(receiver, put, settings):
    settings.STRONGROOM_WEBHOOK_SECRETS = OTHER_SECRET
    row = put()

    assert delivering.deliver_due() == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (State.WAITING, "status 401")


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (500, "status 500"),
        (429, "status 429"),
        (400, "status 400"),
        ("redirect", "status 302"),
        ("garbage", "no HTTP in the answer"),
        ("slow", "no answer in time"),
    ],
)
def test_what_is_not_taken_is_tried_again_later(receiver, put, monkeypatch, status, problem):
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    posting._transport.cache_clear()
    receiver.status = status
    row = put()

    assert delivering.deliver_due() == 0

    row.refresh_from_db()
    assert (row.state, row.attempts, row.problem) == (State.WAITING, 1, problem)
    assert row.next_attempt > timezone.now()
    receiver.status = 200
    fall_due()
    assert delivering.deliver_due() == 1
    assert {post["id"] for post in receiver.events} == {row.notice_id}


@pytest.mark.parametrize("answer", ["endless", "dripping"])
def test_of_an_answer_nothing_but_its_status_counts(receiver, put, monkeypatch, answer):
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    posting._transport.cache_clear()
    receiver.status = answer
    row, other = put(), put()

    assert delivering.deliver_due() == 2
    assert sorted(receiver.ids()) == sorted((row.notice_id, other.notice_id))


def test_waits_grow_and_attempts_end(receiver, put, caplog):
    receiver.status = 503
    row = put()
    waits = []
    for _ in range(delivering.MOST_ATTEMPTS - 1):
        delivering.deliver_due()
        row.refresh_from_db()
        waits.append(row.next_attempt - timezone.now())
        fall_due()
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=6)
    assert waits[-1] > timedelta(hours=23)

    delivering.deliver_due()

    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.FAILED, delivering.MOST_ATTEMPTS)
    assert f"notice {row.notice_id} for 127.0.0.1:" in caplog.text
    assert "given up: status 503" in caplog.text
    fall_due()
    assert delivering.deliver_due() == 0


def test_who_is_gone_is_not_asked_again(receiver, put):
    receiver.status = 410
    row = put()
    delivering.deliver_due()

    row.refresh_from_db()
    assert (row.state, row.problem) == (State.FAILED, "status 410")


def test_no_log_tells_the_path_of_a_url(receiver, put, caplog):
    receiver.status = 500
    put()
    delivering.deliver_due()

    assert "was not taken" in caplog.text
    assert "team" not in caplog.text


def test_a_receiver_that_cannot_take_anything_is_left_alone_for_a_while(receiver, put):
    receiver.status = 503
    for _ in range(3):
        put()
    delivering.deliver_due()
    delivering.deliver_due()
    assert receiver.asked == 1

    assert delivering._rests[receiver.url].seconds == delivering.SHORTEST_REST
    for _ in range(10):
        delivering._rest(receiver.url)
    assert delivering._rests[receiver.url].seconds == delivering.LONGEST_REST
    fall_due()
    receiver.status = 200
    assert delivering.deliver_due() == 3
    assert receiver.url not in delivering._rests


def test_one_that_is_refused_keeps_none_of_the_others_waiting(receiver, put):
    receiver.status = 400
    put()
    put()
    delivering.deliver_due()

    assert receiver.asked == 2


def test_a_receiver_that_is_down_keeps_none_of_the_others_waiting(receiver, put, settings):
    settings.STRONGROOM_WEBHOOK_URLS = ["http://127.0.0.1:9/", receiver.url]
    put()

    assert delivering.deliver_due() == 1
    down = Delivery.objects.get(url="http://127.0.0.1:9/")
    assert (down.state, down.problem) == (State.WAITING, "no connection")


def test_a_turn_ends_though_there_is_more(receiver, put, monkeypatch):
    monkeypatch.setattr(delivering, "TURN", 0.0)
    put()

    assert delivering.deliver_due() == 0


def test_of_many_workers_one_posts_each(receiver, put):
    for _ in range(12):
        put()
    start, counts = threading.Barrier(3), []

    def work():
        start.wait()
        counts.append(delivering.deliver_due())

    threads = [threading.Thread(target=in_thread(work)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while delivering.deliver_due():  # who came too late for all of MOST_TRIED comes again
        pass

    assert len(receiver.ids()) == len(set(receiver.ids())) == 12


def test_what_a_dead_worker_had_claimed_is_posted_by_another(receiver, put):
    row = put()
    assert delivering._claimed(receiver.url) is not None  # and it died
    assert delivering.deliver_due() == 0

    fall_due()
    assert delivering.deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.DELIVERED, 2)


def test_a_worker_that_comes_late_does_not_undo_what_another_did(receiver, put):
    row = put()
    late = delivering._claimed(receiver.url)
    fall_due()
    delivering.deliver_due()

    delivering._note(late, posting.Outcome("no answer in time"))

    row.refresh_from_db()
    assert (row.state, row.problem) == (State.DELIVERED, "")


def test_what_is_claimed_between_a_look_and_a_claim_is_left(receiver, put, monkeypatch):
    put()
    monkeypatch.setattr(delivering, "_mine", lambda delivery: Delivery.objects.none())

    assert delivering.deliver_due() == 0


def test_tls_is_verified(put, settings, tmp_path):
    posting._transport.cache_clear()
    authority = Authority(tmp_path)
    receiver = Receiver(authority.identity("own"))
    settings.STRONGROOM_WEBHOOK_URLS, settings.STRONGROOM_WEBHOOK_SECRETS = [receiver.url], SECRET
    row = put()
    assert delivering.deliver_due() == 0
    row.refresh_from_db()
    assert row.problem == "no TLS, or not the right certificate"

    settings.STRONGROOM_WEBHOOK_CA_BUNDLE = str(authority.certificate)
    fall_due()
    assert delivering.deliver_due() == 1
    receiver.stop()


def test_what_is_too_old_or_goes_nowhere_is_given_up(receiver, put, settings, caplog):
    old, new = put(), put()
    Delivery.objects.filter(pk=old.pk).update(created=timezone.now() - delivering.MOST_AGE)
    delivering.give_up_and_clear()
    assert Delivery.objects.get(state=State.FAILED).pk == old.pk
    assert "1 notices were given up: too old" in caplog.text

    settings.STRONGROOM_WEBHOOK_URLS = []
    delivering.give_up_and_clear()
    new.refresh_from_db()
    assert (new.state, new.problem) == (State.FAILED, "the URL is in the settings no more")


def test_what_has_ended_is_kept_for_some_days(receiver, put, monkeypatch):
    monkeypatch.setattr(delivering, "BATCH", 2)
    rows = [put() for _ in range(5)]
    delivering.deliver_due()
    delivering.give_up_and_clear()
    assert Delivery.objects.count() == 5

    long_ago = timezone.now() - delivering.KEPT
    Delivery.objects.exclude(pk=rows[0].pk).update(finished=long_ago)
    delivering.give_up_and_clear()
    assert [row.pk for row in Delivery.objects.all()] == [rows[0].pk]


def test_looking_for_what_is_due_costs_the_same_however_much_there_is(receiver):
    (plan,) = plans(lambda: delivering._claimed(receiver.url))
    assert walked(plan) == []
    assert "deliveries_that_wait" in plan
