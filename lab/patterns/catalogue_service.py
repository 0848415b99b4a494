"""The patterns of a service, with the words and the state diagrams that the page shows."""

from pathlib import Path

from lab.patterns.health import HealthSettings
from lab.patterns.kind import PatternKind, Transition
from lab.patterns.supervision import SupervisionSettings

HERE = Path(__file__).parent

HEALTH = PatternKind(
    name="health",
    title="Health checks",
    settings=HealthSettings,
    summary="Every caller keeps asking each instance whether it works. Some bad answers in a row, "
    "or none in time, and the instance gets no more traffic; some good ones in a row, and it is "
    "back. Quick checks find faults soon and sometimes see one where there is none; patient "
    "checks are seldom wrong, and late.",
    source=HERE / "health.py",
    states=("healthy", "unhealthy"),
    transitions=(
        Transition("healthy", "unhealthy", "bad probes in a row"),
        Transition("unhealthy", "healthy", "good probes in a row"),
    ),
)

SUPERVISION = PatternKind(
    name="supervision",
    title="Restart supervision",
    settings=SupervisionSettings,
    summary="A supervisor starts an instance again when its process ends. If it keeps ending, the "
    "waits between restarts grow; after too many crashes in a short time it is given up, because "
    "what crashes at every start needs a person, not another start. Note what it cannot see: a "
    "frozen process has not ended.",
    source=HERE / "supervision.py",
    states=("running", "waiting", "given_up"),
    transitions=(
        Transition("running", "waiting", "the process ended"),
        Transition("waiting", "running", "the wait is over"),
        Transition("running", "given_up", "too many crashes in the window"),
        Transition("given_up", "running", "started by hand"),
    ),
    more_sources=(HERE / "backoff.py",),
)

SERVICE_PATTERNS = (HEALTH, SUPERVISION)
