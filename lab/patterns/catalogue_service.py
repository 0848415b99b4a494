"""The patterns of a service, with the words and the state diagrams that the page shows."""

from pathlib import Path

from lab.patterns.admission import AdmissionSettings
from lab.patterns.brownout import BrownoutSettings
from lab.patterns.cancellation import CancellationSettings
from lab.patterns.codel import CodelSettings
from lab.patterns.deadline_drop import DeadlineDropSettings
from lab.patterns.health import HealthSettings
from lab.patterns.idempotency import LedgerSettings
from lab.patterns.kind import PatternKind, Transition
from lab.patterns.queue_order import QueueOrderSettings
from lab.patterns.shedding import SheddingSettings
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

CANCELLATION = PatternKind(
    name="cancellation",
    title="Cancellation",
    settings=CancellationSettings,
    summary="A caller that gives up closes its connection, and each request says how much time is "
    "left for it. A server that takes notice stops the work and is free for somebody who still "
    "waits. One that does not works off yesterday's requests, and with retries on top it may never "
    "catch up again.",
    source=HERE / "cancellation.py",
    states=("stopping", "working_on"),
    transitions=(
        Transition("stopping", "working_on", "switched off"),
        Transition("working_on", "stopping", "switched on"),
    ),
)

LEDGER = PatternKind(
    name="ledger",
    title="Ledger of writes",
    settings=LedgerSettings,
    summary="Remembers the answer to each idempotency key. A repeat gets that answer again instead "
    "of a second charge; one that comes while the first is still at work is told to wait; the "
    "same key for something else is refused as a mistake. It works only for callers who send "
    "keys.",
    source=HERE / "idempotency.py",
    states=("new", "in_progress", "answered", "other"),
    transitions=(
        Transition("new", "in_progress", "a repeat while the first is at work"),
        Transition("in_progress", "answered", "a repeat after the answer"),
        Transition("answered", "other", "the same key for another request"),
        Transition("other", "new", "a key that has not been seen"),
    ),
)

ADMISSION = PatternKind(
    name="admission",
    title="Admission",
    settings=AdmissionSettings,
    summary="Bounds how many requests an instance has in hand, and finds that bound by itself: as "
    "long as answers stay quick it lets more in, when they get slow it lets fewer in. What is too "
    "much is turned away at the door, at once and for certain, instead of making everybody wait.",
    source=HERE / "admission.py",
    states=("growing", "holding", "shrinking"),
    transitions=(
        Transition("holding", "growing", "quick answers, and the limit is used"),
        Transition("growing", "holding", "about right, or not used"),
        Transition("growing", "shrinking", "slow or dropped"),
        Transition("holding", "shrinking", "slow or dropped"),
        Transition("shrinking", "holding", "about right again"),
    ),
)

SHEDDING = PatternKind(
    name="shedding",
    title="Shedding by priority",
    settings=SheddingSettings,
    summary="When not everybody can be served, somebody is going to be disappointed; this decides "
    "who. Each class of requests may fill only a part of the queue, so the less important are "
    "turned away first and the critical find room. Turning away at random would hit those who "
    "pay as often as those who browse.",
    source=HERE / "shedding.py",
    states=("serving", "shedding"),
    transitions=(
        Transition("serving", "shedding", "the queue fills"),
        Transition("shedding", "serving", "it drains"),
    ),
)

QUEUE_ORDER = PatternKind(
    name="queue_order",
    title="Queue order",
    settings=QueueOrderSettings,
    summary="First come, first served is fair while the queue is short. When it is long, everybody "
    "has waited almost too long and most have given up by their turn. Serving the newest first "
    "then makes some people happy instead of nobody; the oldest expire, as they would have done "
    "anyway.",
    source=HERE / "queue_order.py",
    states=("fifo", "lifo"),
    transitions=(
        Transition("fifo", "lifo", "too many wait"),
        Transition("lifo", "fifo", "few wait again"),
    ),
)

CODEL = PatternKind(
    name="codel",
    title="CoDel",
    settings=CodelSettings,
    summary="A queue that empties now and then absorbs bursts and does good; one that never does "
    "only makes everybody late. CoDel tells them apart by the shortest wait of a while: if even "
    "that was too long, it drops requests, a few at first and then more, until waits are short "
    "again.",
    source=HERE / "codel.py",
    states=("passing", "dropping"),
    transitions=(
        Transition("passing", "dropping", "every wait was too long for an interval"),
        Transition("dropping", "passing", "a wait below the target"),
    ),
)

DEADLINE_DROP = PatternKind(
    name="deadline_drop",
    title="Deadline drop",
    settings=DeadlineDropSettings,
    summary="A request carries the time that its caller still has. If that is not enough for the "
    "work, the work would be for nobody, so it is not begun. Dropping only what has expired is "
    "not enough: an overloaded server would begin each request just in time to finish it too late.",
    source=HERE / "deadline_drop.py",
    states=("serving", "dropping"),
    transitions=(
        Transition("serving", "dropping", "work that would end too late"),
        Transition("dropping", "serving", "work that can end in time"),
    ),
)

BROWNOUT = PatternKind(
    name="brownout",
    title="Brownout",
    settings=BrownoutSettings,
    summary="Half a page for everybody is better than a whole one for half of them. When answers "
    "get slow, a dimmer leaves the optional parts out of some of them, of more the slower they "
    "are, and puts them back when there is room. Such answers count as degraded.",
    source=HERE / "brownout.py",
    states=("full", "dimmed"),
    transitions=(
        Transition("full", "dimmed", "answers get slow"),
        Transition("dimmed", "full", "answers are quick again"),
    ),
)

SERVICE_PATTERNS = (
    HEALTH,
    SUPERVISION,
    CANCELLATION,
    LEDGER,
    ADMISSION,
    SHEDDING,
    QUEUE_ORDER,
    CODEL,
    DEADLINE_DROP,
    BROWNOUT,
)
