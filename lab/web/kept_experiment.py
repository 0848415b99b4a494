"""What the site remembers about an experiment: what was asked, how far it is, what it gave."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from lab.web.person import Person

SILENT_AFTER = timedelta(seconds=15)
"""An experiment that has said nothing for so long has ended with its site."""


class KeptExperimentQuerySet(models.QuerySet["KeptExperiment"]):
    """Experiments, by who may use them."""

    def usable_by(self, person: Person) -> KeptExperimentQuerySet:
        """Those that ``person`` may see and cancel."""
        if person.may_use_all:
            return self
        return self.filter(owner__in=person.owners)

    def running(self) -> KeptExperimentQuerySet:
        """Those that a site process works on, as far as is known."""
        return self.filter(state=KeptExperiment.State.RUNNING)

    def silent(self) -> KeptExperimentQuerySet:
        """Those of which nothing will be heard any more."""
        return self.running().filter(touched__lt=timezone.now() - SILENT_AFTER)


class KeptExperiment(models.Model):
    """One experiment.

    running ──▶ done | cancelled (by its owner, or too long) | failed | lost (with its site process)
    """

    class State(models.TextChoices):
        """Where an experiment is in its life."""

        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"
        LOST = "lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=64, db_index=True)
    created = models.DateTimeField(default=timezone.now)
    touched = models.DateTimeField(
        default=timezone.now, help_text="When the process that runs it last said how far it is."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    asked = models.TextField(help_text="What was asked for, JSON.")
    done = models.PositiveIntegerField(default=0, help_text="Trials.")
    of = models.PositiveIntegerField(help_text="Trials.")
    progress_ratio = models.FloatField(default=0.0, help_text="Of the time to be played.")
    notice = models.TextField(blank=True, default="", help_text="Why it did not come to its end.")
    result = models.TextField(blank=True, default="", help_text="JSON; empty until it has ended.")

    objects = KeptExperimentQuerySet.as_manager()

    class Meta:
        """Newest first; an owner has one running at most."""

        ordering = ("-created",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner",),
                condition=models.Q(state="running"),
                name="one_running_experiment_per_owner",
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state}, {self.done} of {self.of})"
