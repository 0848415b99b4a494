"""Permits are never lost and never made up, whatever the callers do and whenever they go."""

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lab.patterns.bulkhead import Bulkhead, BulkheadSettings, Entry


def entered(bulkhead: Bulkhead, *tickets: str) -> list[Entry]:
    return [bulkhead.enter(ticket) for ticket in tickets]


def test_a_full_bulkhead_refuses_at_once() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=2, queue=0))
    assert entered(bulkhead, "a", "b", "c") == [Entry.GRANTED, Entry.GRANTED, Entry.FULL]


def test_the_queue_is_bounded() -> None:
    """Pitfall 33: with an unbounded queue it would be a queue, not a bulkhead."""
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=1))
    assert entered(bulkhead, "a", "b", "c") == [Entry.GRANTED, Entry.QUEUED, Entry.FULL]


def test_a_permit_goes_to_the_one_who_has_waited_longest() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=3))
    entered(bulkhead, "a", "b", "c")
    assert [bulkhead.leave(), bulkhead.leave(), bulkhead.leave()] == ["b", "c", None]


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=3))
    entered(bulkhead, "a", "b")
    assert bulkhead.leave() == "b"
    assert bulkhead.enter("c") is Entry.QUEUED


def test_one_who_stops_waiting_loses_the_place_and_nobody_gets_in_by_that() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=3))
    entered(bulkhead, "a", "b", "c")
    assert bulkhead.abandon("b") is None
    assert bulkhead.leave() == "c"


def test_a_permit_granted_to_one_who_has_just_gone_passes_to_the_next() -> None:
    """Pitfall 33: hyx leaks it when a waiter is cancelled between grant and use."""
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=3))
    entered(bulkhead, "a", "b", "c")
    assert bulkhead.leave() == "b"
    assert bulkhead.abandon("b") == "c"
    assert bulkhead.abandon("c") is None
    assert bulkhead.enter("d") is Entry.GRANTED


def test_it_says_in_words_what_the_next_call_meets() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=1))
    shown = []
    for ticket in ("a", "b", "c"):
        snapshot = bulkhead.snapshot()
        shown.append((snapshot["state"], snapshot["reason"]))
        bulkhead.enter(ticket)
    assert shown == [
        ("free", "0 of 1 permits are taken and 0 of 1 places to wait: the next call gets in"),
        ("waiting", "1 of 1 permits are taken and 0 of 1 places to wait: the next call waits"),
        ("full", "1 of 1 permits are taken and 1 of 1 places to wait: the next call is refused"),
    ]
    assert bulkhead.snapshot()["counts"] == {
        "entered": 1,
        "queued": 1,
        "full": 1,
        "abandoned": 0,
    }


def test_more_permits_let_the_longest_waiting_in() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=5))
    entered(bulkhead, "a", "b", "c", "d")
    assert bulkhead.resize(BulkheadSettings(permits=3, queue=5)) == ["b", "c"]


def test_fewer_permits_throw_nobody_out_and_let_nobody_in_until_there_is_room() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=3, queue=5))
    entered(bulkhead, "a", "b", "c", "d")
    assert bulkhead.resize(BulkheadSettings(permits=1, queue=0)) == []
    assert [bulkhead.leave(), bulkhead.leave(), bulkhead.leave()] == [None, None, "d"]


def test_leaving_without_having_entered_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="more often than entered"):
        Bulkhead(BulkheadSettings()).leave()


def test_one_ticket_does_not_wait_twice() -> None:
    bulkhead = Bulkhead(BulkheadSettings(permits=1, queue=5))
    entered(bulkhead, "a", "b")
    with pytest.raises(ValueError, match="waiting already"):
        bulkhead.enter("b")


class EveryPermitIsSomewhere(RuleBasedStateMachine):
    """Callers come, wait, work, leave, and go at any moment; somebody turns the settings.

    The model is who is inside and who waits, by name.
    """

    @initialize(permits=st.integers(1, 4), queue=st.integers(0, 4))
    def start(self, permits: int, queue: int) -> None:
        self.settings = BulkheadSettings(permits=permits, queue=queue)
        self.bulkhead = Bulkhead(self.settings)
        self.inside: list[int] = []
        self.waiting: list[int] = []
        self.callers = 0

    def admit(self, ticket: object) -> None:
        """Check that the one who gets in is the one who has waited longest."""
        if ticket is not None:
            assert ticket == self.waiting.pop(0)
            self.inside.append(int(str(ticket)))

    @rule()
    def one_comes(self) -> None:
        self.callers += 1
        entry = self.bulkhead.enter(self.callers)
        if len(self.inside) < self.settings.permits:
            assert entry is Entry.GRANTED
            self.inside.append(self.callers)
        elif len(self.waiting) < self.settings.queue:
            assert entry is Entry.QUEUED
            self.waiting.append(self.callers)
        else:
            assert entry is Entry.FULL

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def one_inside_is_done_or_cancelled_at_work(self, data: st.DataObject) -> None:
        self.inside.remove(data.draw(st.sampled_from(self.inside)))
        self.admit(self.bulkhead.leave())

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def one_who_waits_is_cancelled_or_out_of_time(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(ticket)
        assert self.bulkhead.abandon(ticket) is None

    @precondition(lambda self: self.waiting and len(self.inside) <= self.settings.permits)
    @rule()
    def one_is_cancelled_in_the_very_moment_of_the_grant(self) -> None:
        self.inside.pop()
        granted = self.bulkhead.leave()
        self.admit(granted)
        self.inside.remove(int(str(granted)))
        self.admit(self.bulkhead.abandon(granted))

    @rule(permits=st.integers(1, 4), queue=st.integers(0, 4))
    def somebody_turns_the_settings(self, permits: int, queue: int) -> None:
        self.settings = BulkheadSettings(permits=permits, queue=queue)
        for ticket in self.bulkhead.resize(self.settings):
            self.admit(ticket)

    @invariant()
    def nobody_is_lost_and_nobody_waits_beside_a_free_permit(self) -> None:
        shown = self.bulkhead.snapshot()
        assert (shown["inside"], shown["waiting"]) == (len(self.inside), len(self.waiting))
        assert not self.waiting or len(self.inside) >= self.settings.permits

    def teardown(self) -> None:
        """When all have gone, every permit is there again."""
        for ticket in [*self.waiting]:
            self.bulkhead.abandon(ticket)
        for _ in self.inside:
            assert self.bulkhead.leave() is None
        shown = self.bulkhead.snapshot()
        assert (shown["state"], shown["inside"], shown["waiting"]) == ("free", 0, 0)


EveryPermitIsSomewhere.TestCase.settings = hypothesis_settings(
    max_examples=150, stateful_step_count=40
)
test_every_permit_is_somewhere = EveryPermitIsSomewhere.TestCase
