"""What is fresh, what is stale, who asks, and how much is kept."""

from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lab.patterns.cache import Cache, CacheSettings, Found


def cache(**more: Any) -> Cache[str]:
    return Cache(CacheSettings(**more))


def found(one: Cache[str], now_s: float, key: str = "a") -> Found:
    return one.look(key, now_s)[0]


def test_an_answer_is_fresh_then_stale_then_gone() -> None:
    """RFC 9111 and RFC 5861: at its time to live it is no longer fresh."""
    one = cache(ttl_s=5.0, stale_while_s=2.0)
    one.store("a", "answer", 0.0)
    seen = [found(one, now_s) for now_s in (4.99, 5.0, 6.99, 7.0)]
    assert seen == [Found.FRESH, Found.STALE, Found.STALE, Found.MISS]


def test_when_asking_fails_an_old_answer_is_better_than_none_for_a_while() -> None:
    one = cache(ttl_s=5.0, stale_if_error_s=10.0)
    one.store("a", "answer", 0.0)
    assert one.rescue("a", 14.9) == ("answer", "from the cache, 14.9 s old")
    assert one.rescue("a", 15.0) is None
    assert one.rescue("b", 0.0) is None


def test_one_flight_per_key() -> None:
    one = cache()
    assert [one.takes_off("a"), one.takes_off("a"), one.takes_off("b")] == [True, False, True]
    one.lands("a")
    assert one.takes_off("a")


def test_without_coalescing_everybody_asks() -> None:
    one = cache(coalesce=False)
    assert [one.takes_off("a") for _ in range(3)] == [True] * 3


def test_the_least_recently_used_goes() -> None:
    one = cache(entries=2)
    for key in ("a", "b"):
        one.store(key, key, 0.0)
    found(one, 1.0, "a")
    one.store("c", "c", 1.0)
    assert [found(one, 1.0, key) for key in "abc"] == [Found.FRESH, Found.MISS, Found.FRESH]


def test_a_flush_forgets_answers_and_not_flights() -> None:
    one = cache()
    one.store("a", "answer", 0.0)
    one.takes_off("a")
    one.flush()
    assert found(one, 0.0) is Found.MISS
    assert not one.takes_off("a")


class LikeADict(RuleBasedStateMachine):
    """Against a plain dict with times, and an order of use."""

    @initialize(entries=st.integers(1, 4))
    def begin(self, entries: int) -> None:
        self.entries, self.now_s = entries, 0.0
        self.one = cache(ttl_s=5.0, stale_while_s=5.0, entries=entries)
        self.model: dict[str, float] = {}

    @rule(key=st.sampled_from("abcdef"))
    def store(self, key: str) -> None:
        self.one.store(key, key, self.now_s)
        self.model.pop(key, None)
        self.model[key] = self.now_s
        while len(self.model) > self.entries:
            del self.model[next(iter(self.model))]

    @rule(key=st.sampled_from("abcdef"))
    def look(self, key: str) -> None:
        seen, answer = self.one.look(key, self.now_s)
        age_s = self.now_s - self.model[key] if key in self.model else 99.0
        expected = Found.FRESH if age_s < 5.0 else Found.STALE if age_s < 10.0 else Found.MISS
        assert (seen, answer) == (expected, None if expected is Found.MISS else key)
        if expected is not Found.MISS:
            self.model[key] = self.model.pop(key)

    @rule(seconds=st.integers(0, 4))
    def time_passes(self, seconds: int) -> None:
        self.now_s += seconds

    @invariant()
    def it_is_bounded(self) -> None:
        kept = self.one.snapshot()["entries"]
        assert isinstance(kept, int)
        assert kept <= self.entries


TestLikeADict = LikeADict.TestCase
TestLikeADict.settings = hypothesis_settings(max_examples=60, stateful_step_count=40)
