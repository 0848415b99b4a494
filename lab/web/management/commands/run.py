"""``manage.py run``: an experiment from the command line, in virtual time or live."""

import asyncio
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from lab.cluster import Asked, Experiment, ExperimentError, Report, ScenarioError, plan_of
from lab.web.experiment_options import asked_of
from lab.web.progress_bar import ProgressBar

BAD_INPUT = 2
INTERRUPTED = 130


class Command(BaseCommand):
    """Runs a scenario over and over, prints a table, writes JSON, CSV and an HTML report.

    Ends with 0, with 2 and one sentence for what makes no sense, with 130 when it was interrupted;
    what was done until then is printed all the same.
    """

    help = "Run a scenario in virtual time, sweep its parameters, and report what users felt."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        add = parser.add_argument
        add("scenario", help="a scenario that ships with the course, or a file")
        add("--seed", type=int, help="the first seed (default: the scenario's)")
        add("--for", dest="duration", default="60s", help="how long each trial lasts: 120s, 2m")
        add("--warm-up", default="5s", help="what is not measured at its beginning")
        add("--set", action="append", default=[], metavar="PATH=VALUE",
            help="change one thing, such as users.rate_per_s=80")  # fmt: skip
        add("--sweep", action="append", default=[], metavar="PATH=A,B,C",
            help="run with each of these values; several make a grid")  # fmt: skip
        add("--seeds", type=int, default=1, help="how many seeds each")
        add("--live", action="store_true", help="with real processes, one trial after another")
        add("--workers", type=int, help="processes side by side (default: one a processor)")
        add("--json", action="store_true", help="print the whole result as JSON")
        add(
            "--out", type=Path, help="folder for JSON, CSV and report (default: in the data folder)"
        )

    def handle(self, *_: object, **options: Any) -> None:
        """Run the experiment."""
        try:
            asked = asked_of(options)
            plan = plan_of(asked)
            folder = options["out"] or _folder(asked)
            folder.mkdir(parents=True, exist_ok=True)  # before the work, not after it
        except (ExperimentError, ScenarioError) as problem:
            self._refuse(str(problem))
        except OSError as problem:
            self._refuse(f"nothing can be written there: {problem} (choose another --out)")
        bar = ProgressBar(sys.stderr, plan.trials)
        experiment = Experiment(plan, lambda: bar.show(experiment.done, experiment.progress_ratio))
        interrupted = False
        try:
            asyncio.run(experiment.run(workers=options["workers"]))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            bar.end()
        if experiment.done:
            report = Report(experiment.result("cancelled" if interrupted else "done"))
            self.stdout.write(report.json().decode() if options["json"] else report.text())
            for path in report.write(folder):
                print(path, file=sys.stderr)  # Django's own would print it in red
        if interrupted:
            if not experiment.done:
                self.stderr.write("interrupted before a trial was over")
            sys.exit(INTERRUPTED)

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(f"Faultline cannot run this: {sentence}")
        sys.exit(BAD_INPUT)


def _folder(asked: Asked) -> Path:
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    name = Path(asked.scenario).stem
    return Path(settings.DATA_FOLDER) / "experiments" / f"{name}-{stamp}"
