"""The outbox: what is to be told, and to whom."""

from django.db import models
from django.db.models import Q

MOST_URL = 1000  # characters


class State(models.TextChoices):
    WAITING = "Waiting"
    DELIVERED = "Delivered"
    FAILED = "Failed"


class Delivery(models.Model):
    """One notice on its way to one URL. It is kept for some days when it has ended.

    notice_id     the event's id, the same at every URL and in every attempt
    body          the post's, as it is signed
    attempts      how many were begun
    next_attempt  from when on a worker may take it; while one has it, when its claim ends
    finished      when it was delivered, or given up
    problem       what went wrong in the last attempt; empty if nothing did
    """

    notice_id = models.CharField(max_length=36)
    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    detail_type = models.CharField(max_length=128)
    url = models.CharField(max_length=MOST_URL)
    body = models.TextField()
    created = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice_id", "url"], name="notice_goes_once_to_a_url"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, finished__isnull=True)
                | (~Q(state=State.WAITING) & Q(finished__isnull=False)),
                name="delivery_has_ended_or_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["url", "next_attempt", "id"],
                condition=Q(state=State.WAITING),
                name="deliveries_that_wait",
            ),
            models.Index(fields=["state", "id"], name="deliveries_of_a_state"),
            models.Index(fields=["finished"], name="deliveries_that_have_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.detail_type} {self.notice_id}"
