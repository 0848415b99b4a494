"""The patterns of a chain, with the words and the state diagrams that the page shows."""

from pathlib import Path

from lab.patterns.balance import BalanceSettings
from lab.patterns.breaker_settings import BreakerSettings
from lab.patterns.bulkhead import BulkheadSettings
from lab.patterns.cache import CacheSettings
from lab.patterns.catalogue_repeats import HEDGE, IDEMPOTENCY, RETRY
from lab.patterns.fallback import FallbackSettings
from lab.patterns.kind import PatternKind, Transition
from lab.patterns.outlier import OutlierSettings
from lab.patterns.rate_limit import RateLimitSettings
from lab.patterns.throttle import ThrottleSettings
from lab.patterns.timeout import AttemptTimeoutSettings, TimeoutSettings

HERE = Path(__file__).parent

TIMEOUT_STATES = ("armed", "answered", "expired")
TIMEOUT_TRANSITIONS = (
    Transition("armed", "answered", "the answer comes in time"),
    Transition("armed", "expired", "the limit is reached first"),
)

FALLBACK = PatternKind(
    name="fallback",
    title="Fallback",
    settings=FallbackSettings,
    summary="When the dependency does not answer, the fallback gives the caller something simpler "
    "instead: a fixed answer, the last good one, or the page without this part. People see a "
    "little less rather than an error. The lab counts such an answer as degraded, never as ok, "
    "because somebody should still repair what is broken.",
    source=HERE / "fallback.py",
    states=("standing_by", "covering"),
    transitions=(
        Transition("standing_by", "covering", "a covered outcome"),
        Transition("covering", "standing_by", "an answer"),
    ),
)

CACHE = PatternKind(
    name="cache",
    title="Cache",
    settings=CacheSettings,
    summary="Keeps good answers for a while, so that most reads never reach the dependency. When "
    "an answer is out of date only one caller asks anew, and the others wait for it or take the "
    "old one. When asking fails, an old answer may still do: it is counted as degraded. Mind the "
    "day on which the cache is empty: then all the load comes through.",
    source=HERE / "cache.py",
    states=("miss", "fresh", "stale"),
    transitions=(
        Transition("miss", "fresh", "an answer is stored"),
        Transition("fresh", "stale", "older than its time to live"),
        Transition("stale", "fresh", "asked for anew"),
        Transition("stale", "miss", "too old, or pushed out"),
    ),
)

OUTLIER = PatternKind(
    name="outlier",
    title="Outlier ejection",
    settings=OutlierSettings,
    summary="Watches how each instance answers the very calls. One that fails several times in a "
    "row, or far more often than its fellows, gets no more traffic for a while, and for longer "
    "each time. It needs no probes and sees what probes do not: an instance that says it is well "
    "and fails all the same. Never too many are out at once.",
    source=HERE / "outlier.py",
    states=("in", "ejected"),
    transitions=(
        Transition("in", "ejected", "failures in a row, or far below the others"),
        Transition("ejected", "in", "its time is over"),
    ),
)

TIMEOUT = PatternKind(
    name="timeout",
    title="Timeout of the call",
    settings=TimeoutSettings,
    summary="A limit on how long the whole call may take, with all its attempts and the waits "
    "between them. Without one, a single frozen process can hold its callers for ever, and then "
    "their callers. When the time is up nobody knows whether the work was done: a timeout is not "
    "a no.",
    source=HERE / "timeout.py",
    states=TIMEOUT_STATES,
    transitions=TIMEOUT_TRANSITIONS,
)

BREAKER = PatternKind(
    name="breaker",
    title="Circuit breaker",
    settings=BreakerSettings,
    summary="The breaker watches how calls end. When too many fail, or take too long, it opens: "
    "calls are turned away at once, so that callers do not wait in vain and the callee gets a "
    "rest. After a while it lets a few probes through (half-open). If they go well it closes "
    "again; if not, it stays open for another while.",
    source=HERE / "breaker.py",
    states=("closed", "open", "half_open", "forced_open", "disabled"),
    transitions=(
        Transition("closed", "open", "too many failed or slow"),
        Transition("open", "half_open", "the wait is over"),
        Transition("half_open", "closed", "enough probes were good"),
        Transition("half_open", "open", "probes failed, were slow, or hang"),
        Transition("closed", "forced_open", "by hand, from anywhere"),
        Transition("forced_open", "closed", "back to auto"),
        Transition("closed", "disabled", "by hand, from anywhere"),
        Transition("disabled", "closed", "back to auto"),
    ),
    more_sources=tuple(HERE / f"breaker_{part}.py" for part in ("window", "state", "settings")),
)

BULKHEAD = PatternKind(
    name="bulkhead",
    title="Bulkhead",
    settings=BulkheadSettings,
    summary="Ships have walls inside so that one hole does not flood all of them. A bulkhead lets "
    "only so many calls to one dependency be under way at once. If that dependency gets slow, it "
    "can take no more than its share of the caller, and the rest goes on working.",
    source=HERE / "bulkhead.py",
    states=("free", "waiting", "full"),
    transitions=(
        Transition("free", "waiting", "the last permit is taken"),
        Transition("waiting", "full", "the last place to wait is taken"),
        Transition("full", "waiting", "a place to wait comes free"),
        Transition("waiting", "free", "a permit comes free"),
        Transition("free", "full", "the last permit is taken, and there is no queue"),
        Transition("full", "free", "a permit comes free, and there is no queue"),
    ),
)

THROTTLE = PatternKind(
    name="throttle",
    title="Client throttle",
    settings=ThrottleSettings,
    summary="A callee that turns calls away still spends work on saying no. The throttle watches "
    "how many of the calls are accepted and, when they are too few, refuses some right here, by "
    "chance: the fewer are accepted, the more. A few always go through, so that callers notice "
    "when the callee has recovered.",
    source=HERE / "throttle.py",
    states=("open", "throttling"),
    transitions=(
        Transition("open", "throttling", "it refuses more than it accepts"),
        Transition("throttling", "open", "it accepts again"),
    ),
)

RATE_LIMIT = PatternKind(
    name="rate_limit",
    title="Rate limit",
    settings=RateLimitSettings,
    summary="A bucket of tokens that fills at a steady rate; each call takes one, and without one "
    "it is refused at once and told when to come back. The size of the bucket is the burst that "
    "may pass after a rest. It keeps one greedy caller from taking what belongs to all.",
    source=HERE / "rate_limit.py",
    states=("free", "empty"),
    transitions=(
        Transition("free", "empty", "a call takes the last token"),
        Transition("empty", "free", "a token is earned"),
    ),
)

ATTEMPT_TIMEOUT = PatternKind(
    name="attempt_timeout",
    title="Timeout of each attempt",
    settings=AttemptTimeoutSettings,
    summary="A limit on each single attempt. It leaves time for another one, perhaps at another "
    "instance, before the limit of the whole call is reached. Too short a limit cuts off good "
    "answers that are merely slow, and every cut is work done for nobody.",
    source=HERE / "timeout.py",
    states=TIMEOUT_STATES,
    transitions=TIMEOUT_TRANSITIONS,
)

BALANCE = PatternKind(
    name="balance",
    title="Load balancing",
    settings=BalanceSettings,
    summary="Chooses the instance for each attempt, among those that the health checks call "
    "healthy. In turn is fair as long as all are equally quick; the less busy of two drawn by "
    "chance also steers around one that has become slow. If too few are healthy, all are used: "
    "otherwise the last good ones would be crushed.",
    source=HERE / "balance.py",
    states=("spread", "panic"),
    transitions=(
        Transition("spread", "panic", "too few are healthy"),
        Transition("panic", "spread", "enough are healthy again"),
    ),
    more_sources=(HERE / "ewma.py",),
)

CHAIN_PATTERNS = (
    FALLBACK,
    CACHE,
    IDEMPOTENCY,
    TIMEOUT,
    RETRY,
    BREAKER,
    THROTTLE,
    BULKHEAD,
    RATE_LIMIT,
    HEDGE,
    ATTEMPT_TIMEOUT,
    OUTLIER,
    BALANCE,
)
