"""What the site remembers about people's labs: enough to start each of them again anywhere."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from lab.web.kept_experiment import KeptExperiment  # noqa: F401 - Django looks here
from lab.web.person import Person


class LabQuerySet(models.QuerySet["Lab"]):
    """Labs, by who may use them."""

    def usable_by(self, person: Person) -> LabQuerySet:
        """Those that ``person`` may see, steer and stop."""
        if person.may_use_all:
            return self
        return self.filter(owner__in=person.owners)

    def live(self) -> LabQuerySet:
        """Those that have, or are about to have, a cluster."""
        return self.filter(status__in=Lab.LIVE)


class Lab(models.Model):
    """One learner's cluster: its settings are kept here, its processes live on a host.

    starting ──▶ running ──▶ asleep (nobody used it, or its host died) ──▶ starting …
       any of them ──▶ stopped (its owner ended it; final)
    """

    class Status(models.TextChoices):
        """Where a lab is in its life."""

        STARTING = "starting"
        RUNNING = "running"
        ASLEEP = "asleep"
        STOPPED = "stopped"

    LIVE = (Status.STARTING, Status.RUNNING)

    class Body(models.TextChoices):
        """What its processes are made of."""

        LIVE = "live"
        VIRTUAL = "virtual"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=64, db_index=True)
    slot = models.PositiveSmallIntegerField(
        default=0, help_text="Which of its owner's places a live lab takes; makes the quota exact."
    )
    scenario_name = models.CharField(max_length=100)
    scenario_text = models.TextField()
    seed = models.BigIntegerField(null=True, blank=True)
    body = models.CharField(max_length=10, choices=Body.choices, default=Body.LIVE)
    title = models.CharField(max_length=200, blank=True, default="")
    twin = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The lab it is compared with; each names the other. Of virtual ones time is one.",
    )
    branch_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="branches"
    )
    branch_t = models.FloatField(
        null=True, blank=True, help_text="The lab time at which it left the other one."
    )
    created = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.STARTING)
    host = models.CharField(max_length=90, blank=True, default="")
    incarnation = models.PositiveIntegerField(
        default=0, help_text="How often its cluster was started; the newest one counts."
    )
    claimed = models.DateTimeField(
        default=timezone.now, help_text="When a site process last undertook to start it."
    )

    objects = LabQuerySet.as_manager()

    class Meta:
        """Newest first; a slot is taken by at most one live lab."""

        ordering = ("-created",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "slot"),
                condition=models.Q(status__in=("starting", "running")),
                name="one_live_lab_per_slot",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scenario_name} {self.id} ({self.status})"


class Past(models.Model):
    """All that it takes to have a virtual lab again as it was: it is played again from this."""

    lab = models.OneToOneField(Lab, models.CASCADE, primary_key=True, related_name="past")
    commands = models.TextField(help_text="Those given, each with its lab time, JSON.")
    t = models.FloatField(help_text="The lab time that it had reached.")
    speed = models.FloatField(null=True, blank=True, help_text="Null: as fast as it goes.")
    paused = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.lab_id} up to {self.t:g} s"


class Token(models.Model):
    """A program's key to its owner's labs. Only the digest is kept, the key is shown once."""

    owner = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key, in hex.")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        """Newest first."""

        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name


class RunQuerySet(models.QuerySet["Run"]):
    """Runs, by who may read or change them."""

    def usable_by(self, person: Person) -> RunQuerySet:
        """Those that ``person`` may change and delete."""
        if person.may_use_all:
            return self
        return self.filter(owner__in=person.owners)

    def without_file(self) -> RunQuerySet:
        """All that a list shows; the file and the head are megabytes."""
        return self.defer("file", "head")


class Run(models.Model):
    """The record of a lab, kept as the file that is exported; only what people call it changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=64, db_index=True)
    title = models.CharField(max_length=200)
    created = models.DateTimeField(default=timezone.now)
    scenario_name = models.CharField(max_length=100)
    body = models.CharField(max_length=10, help_text="live or virtual.")
    from_t = models.FloatField(help_text="Seconds of lab time, as are all times.")
    to_t = models.FloatField()
    digest = models.CharField(max_length=64)
    head = models.TextField(help_text="The first line of the file, JSON.")
    file = models.BinaryField()
    file_bytes = models.PositiveIntegerField()
    is_shared = models.BooleanField(default=False)
    key = models.CharField(
        max_length=43, help_text="Opens it to whoever has the link, while it is shared."
    )
    verdict = models.TextField(
        default="", blank=True, help_text="What came of playing it again, JSON."
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.title} {self.id}"
