"""The breaker against a plain model that keeps everything and counts anew each time.

The model knows no generations, rings, buckets or running sums: it holds the calls of the present
episode in lists. Times are quarters of a second, so that floats are exact; shares are fractions.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from hypothesis import event
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lab.patterns import PATTERNS
from lab.patterns.breaker import Breaker, BreakerSettings, Permit, Rejection, Verdict

SETTINGS = st.builds(
    BreakerSettings,
    window=st.sampled_from(["count", "time"]),
    window_calls=st.integers(1, 6),
    window_s=st.sampled_from([2.5, 10.0]),
    minimum_calls=st.integers(1, 8),
    failure_ratio=st.sampled_from([0.01, 0.3, 0.5, 0.75, 1.0]),
    slow_ratio=st.sampled_from([0.1, 0.5, 1.0]),
    slow_s=st.just(1.0),
    wait_s=st.sampled_from([0.25, 1.0, 5.0]),
    permits=st.integers(1, 4),
    half_open_max_s=st.sampled_from([0.5, 2.0, 10.0]),
    half_open_by=st.sampled_from(["call", "timer"]),
)
VERDICTS = st.sampled_from(["success", "failure", "ignored", "cancelled"])


@dataclass
class Result:
    at_s: float
    failed: bool
    slow: bool


@dataclass(eq=False)
class Episode:
    """The time between two transitions: what was recorded, and which calls are under way."""

    state: str
    began_s: float
    results: list[Result] = field(default_factory=list)
    away: list[object] = field(default_factory=list)
    away_since_s: float = 0.0


class Model:
    def __init__(self, settings: BreakerSettings) -> None:
        self.settings = settings
        self.episode = Episode("closed", 0.0)
        self.history: list[tuple[str, str]] = []
        self.not_permitted = self.late = 0

    def change(self, state: str, now_s: float) -> None:
        self.history.append((self.episode.state, state))
        self.episode = Episode(state, now_s)

    def acquire(self, now_s: float) -> Episode | None:
        """Return the episode that the call belongs to, or None if it may not pass."""
        episode = self.episode
        if episode.state == "open" and now_s - episode.began_s >= self.settings.wait_s:
            self.change("half_open", now_s)
        self.reopen(now_s)
        episode = self.episode
        taken = len(episode.away) + len(episode.results)
        if episode.state in ("closed", "disabled") or (
            episode.state == "half_open" and taken < self.settings.permits
        ):
            return episode
        self.not_permitted += 1
        return None

    def begin(self, call: object, now_s: float) -> None:
        if not self.episode.away:
            self.episode.away_since_s = now_s
        self.episode.away.append(call)

    def record(self, call: object, began: Episode, verdict: str, slow: bool, now_s: float) -> None:
        if began is not self.episode:
            self.late += 1
            return
        self.episode.away.remove(call)
        if verdict in ("ignored", "cancelled") or self.episode.state == "disabled":
            return
        self.episode.results.append(Result(now_s, verdict == "failure", slow))
        self.judge(now_s)

    def judge(self, now_s: float) -> None:
        window = self.window(now_s)
        if self.episode.state == "half_open":
            if len(window) == self.settings.permits:
                self.change("open" if self.bad(window) else "closed", now_s)
            return
        needed = self.settings.minimum_calls
        if self.settings.window == "count":
            needed = min(needed, self.settings.window_calls)
        if len(window) >= needed and self.bad(window):
            self.change("open", now_s)

    def window(self, now_s: float) -> list[Result]:
        results = self.episode.results
        if self.episode.state == "half_open":
            return results
        if self.settings.window == "count":
            return results[-self.settings.window_calls :]
        bucket_s = self.settings.window_s / 10
        return [r for r in results if r.at_s // bucket_s > now_s // bucket_s - 10]

    def bad(self, window: list[Result]) -> bool:
        failed = Fraction(sum(result.failed for result in window), len(window))
        slow = Fraction(sum(result.slow for result in window), len(window))
        return failed >= Fraction(str(self.settings.failure_ratio)) or slow >= Fraction(
            str(self.settings.slow_ratio)
        )

    def reopen(self, now_s: float) -> None:
        episode = self.episode
        hanging = now_s - episode.away_since_s >= self.settings.half_open_max_s
        if episode.state == "half_open" and episode.away and hanging:
            self.change("open", now_s)

    def poll(self, now_s: float) -> None:
        episode = self.episode
        waited = now_s - episode.began_s >= self.settings.wait_s
        if episode.state == "open" and waited and self.settings.half_open_by == "timer":
            self.change("half_open", now_s)
        self.reopen(now_s)


class BreakerAgainstModel(RuleBasedStateMachine):
    @initialize(settings=SETTINGS)
    def start(self, settings: BreakerSettings) -> None:
        self.now_s = 0.0
        self.breaker, self.model = Breaker(settings), Model(settings)
        self.breaker.poll(self.now_s)
        self.under_way: list[tuple[Permit, Episode]] = []
        self.seen: list[tuple[str, str]] = []

    @rule(quarters=st.integers(0, 60))
    def time_passes(self, quarters: int) -> None:
        self.now_s += quarters / 4

    @rule(calls=st.integers(1, 6))
    def calls_begin(self, calls: int) -> None:
        for _ in range(calls):
            answer, episode = self.breaker.acquire(self.now_s), self.model.acquire(self.now_s)
            assert isinstance(answer, Rejection) == (episode is None)
            if isinstance(answer, Permit) and episode is not None:
                self.model.begin(answer, self.now_s)
                self.under_way.append((answer, episode))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), verdict=VERDICTS, slow=st.booleans())
    def a_call_ends(self, data: st.DataObject, verdict: Verdict, slow: bool) -> None:
        place = data.draw(st.integers(0, len(self.under_way) - 1))
        self.end(place, verdict, slow)

    @precondition(lambda self: self.late_places())
    @rule(verdict=VERDICTS, slow=st.booleans())
    def a_late_call_ends(self, verdict: Verdict, slow: bool) -> None:
        self.end(self.late_places()[0], verdict, slow)

    def late_places(self) -> list[int]:
        present = self.model.episode
        return [n for n, (_, began) in enumerate(self.under_way) if began is not present]

    def end(self, place: int, verdict: Verdict, slow: bool) -> None:
        permit, episode = self.under_way.pop(place)
        before = len(self.model.history)
        transition = self.breaker.record(permit, verdict, 1.25 if slow else 1.0, self.now_s)
        self.model.record(permit, episode, verdict, slow, self.now_s)
        assert (transition is None) == (len(self.model.history) == before)

    @rule(ends=st.lists(st.tuples(VERDICTS, st.booleans()), min_size=1, max_size=8))
    def whole_calls(self, ends: list[tuple[Verdict, bool]]) -> None:
        for verdict, slow in ends:
            already = len(self.under_way)
            self.calls_begin(calls=1)
            if len(self.under_way) > already:
                self.end(already, verdict, slow)

    @rule(calls=st.integers(1, 8))
    def it_fails_for_a_while(self, calls: int) -> None:
        self.whole_calls(ends=[("failure", False)] * calls)

    @rule(calls=st.integers(1, 8))
    def it_works_for_a_while(self, calls: int) -> None:
        self.whole_calls(ends=[("success", False)] * calls)

    @precondition(lambda self: self.model.episode.state == "open")
    @rule(before=st.sampled_from([0.25, 0.0]))
    def the_wait_is_nearly_or_just_over(self, before: float) -> None:
        over_s = self.model.episode.began_s + self.model.settings.wait_s
        self.now_s = max(self.now_s, over_s - before)

    @precondition(lambda self: self.model.episode.state == "half_open")
    @rule(before=st.sampled_from([0.25, 0.0]))
    def the_probes_are_nearly_or_just_hanging(self, before: float) -> None:
        over_s = self.model.episode.away_since_s + self.model.settings.half_open_max_s
        self.now_s = max(self.now_s, over_s - before)

    @rule()
    def someone_polls(self) -> None:
        self.breaker.poll(self.now_s)
        self.model.poll(self.now_s)

    @precondition(lambda self: len(self.model.history) > 3)
    @rule(mode=st.sampled_from(["auto", "forced_open", "disabled"]))
    def somebody_turns_the_mode(self, mode: str) -> None:
        event(f"from {self.model.episode.state}")
        if mode == self.model.settings.mode:
            return
        self.breaker.poll(self.now_s)
        self.model.poll(self.now_s)
        settings = replace(self.model.settings, mode=mode)
        self.breaker.retune(settings)
        self.model.settings = settings
        self.model.change("closed" if mode == "auto" else mode, self.now_s)

    @rule(
        failure_ratio=st.sampled_from([0.3, 0.75]),
        minimum_calls=st.integers(1, 8),
        wait_s=st.sampled_from([0.5, 3.0]),
    )
    def somebody_turns_thresholds(self, **changes: Any) -> None:
        self.model.settings = replace(self.model.settings, **changes)
        self.breaker.retune(self.model.settings)

    @invariant()
    def they_agree(self) -> None:
        shown = self.breaker.snapshot(self.now_s)
        model, episode = self.model, self.model.episode
        assert shown["state"] == episode.state
        assert shown["since_s"] == self.now_s - episode.began_s
        counts = shown["counts"]
        assert isinstance(counts, dict)
        assert (counts["not_permitted"], counts["late"]) == (model.not_permitted, model.late)
        if episode.state in ("closed", "half_open"):
            window = model.window(self.now_s)
            assert shown["calls"] == len(window)
            assert shown["failures"] == sum(result.failed for result in window)
            assert shown["slow"] == sum(result.slow for result in window)
        if episode.state == "half_open":
            used = len(episode.away) + len(episode.results)
            total = model.settings.permits
            assert shown["permits"] == {
                "total": total,
                "used": used,
                "returned": len(episode.results),
            }
            assert used <= total

    @invariant()
    def transitions_are_all_reported_and_all_drawn(self) -> None:
        drawn = {(each.from_state, each.to_state) for each in PATTERNS["breaker"].transitions}
        for each in self.breaker.take_transitions():
            change = (each.from_state, each.to_state)
            self.seen.append(change)
            assert each.reason
            by_hand = each.reason.endswith("by hand")
            assert change in drawn or by_hand
        assert self.seen == self.model.history


BreakerAgainstModel.TestCase.settings = hypothesis_settings(
    max_examples=150, stateful_step_count=40
)
test_the_breaker_behaves_like_the_model = BreakerAgainstModel.TestCase
