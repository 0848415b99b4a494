"""A key is done once, however often and however soon it comes again."""

from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lab.patterns.idempotency import Ledger, LedgerSettings, Seen


def ledger(**more: Any) -> Ledger[str]:
    return Ledger(LedgerSettings(**more))


def seen(
    one: Ledger[str], key: str = "k", request: str = "POST /charge", now_s: float = 0.0
) -> Seen:
    return one.begin(key, request, now_s)[0]


def test_a_repeat_gets_the_same_answer() -> None:
    one = ledger()
    assert seen(one) is Seen.NEW
    one.answered("k", "charged")
    assert one.begin("k", "POST /charge", 1.0) == (Seen.ANSWERED, "charged")


def test_a_repeat_while_the_first_is_at_work_is_a_conflict() -> None:
    one = ledger()
    assert [seen(one), seen(one)] == [Seen.NEW, Seen.IN_PROGRESS]


def test_the_same_key_for_another_request_is_a_mistake() -> None:
    one = ledger()
    seen(one)
    assert seen(one, request="POST /refund") is Seen.OTHER


def test_what_failed_before_it_was_done_may_be_done_again() -> None:
    one = ledger()
    seen(one)
    one.failed("k")
    assert seen(one) is Seen.NEW


def test_what_was_done_stays_done() -> None:
    one = ledger()
    seen(one)
    one.answered("k", "charged")
    one.failed("k")
    assert seen(one) is Seen.ANSWERED


def test_it_forgets_after_its_time_and_is_bounded() -> None:
    one = ledger(ttl_s=10.0, entries=3)
    for number in range(5):
        seen(one, str(number), now_s=float(number))
    assert one.snapshot()["entries"] == 3
    assert seen(one, "4", now_s=13.9) is Seen.IN_PROGRESS
    assert seen(one, "4", now_s=14.1) is Seen.NEW


class DoneOnce(RuleBasedStateMachine):
    """However requests come and fail, no key is done twice while it is remembered."""

    @initialize()
    def begin(self) -> None:
        self.one, self.now_s = ledger(ttl_s=1000.0), 0.0
        self.at_work: set[str] = set()
        self.done: dict[str, int] = {}

    @rule(key=st.sampled_from("abc"))
    def request(self, key: str) -> None:
        if seen(self.one, key, now_s=self.now_s) is Seen.NEW:
            assert key not in self.at_work
            self.at_work.add(key)

    @rule(key=st.sampled_from("abc"), well=st.booleans())
    def end(self, key: str, well: bool) -> None:
        if key in self.at_work:
            self.at_work.discard(key)
            if well:
                self.one.answered(key, "done")
                self.done[key] = self.done.get(key, 0) + 1
                assert self.done[key] == 1
            else:
                self.one.failed(key)


TestDoneOnce = DoneOnce.TestCase
TestDoneOnce.settings = hypothesis_settings(max_examples=50, stateful_step_count=30)
