"""The patterns of a chain that ask more than once, and what makes that safe."""

from pathlib import Path

from lab.patterns.hedge import HedgeSettings
from lab.patterns.idempotency import KeySettings
from lab.patterns.kind import PatternKind, Transition
from lab.patterns.retry_settings import RetrySettings

HERE = Path(__file__).parent

RETRY = PatternKind(
    name="retry",
    title="Retry",
    settings=RetrySettings,
    summary="Many failures pass by themselves: a restart, a lost connection, a full queue. Retry "
    "asks again after a short wait, which grows and has chance in it so that not everybody comes "
    "back at once. It repeats only what is safe to repeat. Mind that every retry is one more call "
    "for a callee that may already have too many.",
    source=HERE / "retry.py",
    states=("trying", "waiting", "done", "gave_up"),
    transitions=(
        Transition("trying", "done", "a good answer"),
        Transition("trying", "waiting", "it may be tried again"),
        Transition("waiting", "trying", "the wait is over"),
        Transition("trying", "gave_up", "a rule says stop"),
    ),
    more_sources=tuple(HERE / f"{n}.py" for n in ("backoff", "retry_budget", "retry_settings")),
)

HEDGE = PatternKind(
    name="hedge",
    title="Hedge",
    settings=HedgeSettings,
    summary="A page that needs a hundred answers is as slow as the slowest of them. When an answer "
    "is late, the hedge asks a second instance and takes whichever comes first; the other attempt "
    "is called off. If only the slowest few in a hundred are asked twice, it costs that few more "
    "calls and cuts off the long tail.",
    source=HERE / "hedge.py",
    states=("waiting", "hedging", "done"),
    transitions=(
        Transition("waiting", "done", "a good answer in time"),
        Transition("waiting", "hedging", "the answer is late, or the attempt failed"),
        Transition("hedging", "done", "the first good answer"),
    ),
)

IDEMPOTENCY = PatternKind(
    name="idempotency",
    title="Idempotency key",
    settings=KeySettings,
    summary="When no answer to a payment comes in time, nobody knows whether it was taken, and "
    "trying again may take it twice. A key makes the write repeatable: all attempts carry the "
    "same one, and a callee with a ledger does it once and gives the same answer again. Put it "
    "outside of retry, or every attempt has a key of its own.",
    source=HERE / "idempotency.py",
    states=("keyed",),
    transitions=(Transition("keyed", "keyed", "every write carries a key"),),
)
