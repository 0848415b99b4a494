"""Events are numbered, dated, and linked to the fault that caused them."""

from typing import Any

from lab.cluster.sight.journal import CAUSED_WITHIN_S, Journal


class Diary:
    """A journal whose clock the test moves, with what it published."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.published: list[dict[str, Any]] = []
        self.journal = Journal(lambda: self.now_s, self.published.append)

    def add(self, kind: str, subject: str) -> dict[str, Any]:
        return self.journal.add(kind, subject, f"{kind} of {subject}")

    def fault(self, *subjects: str) -> dict[str, Any]:
        event = self.add("fault_on", subjects[0])
        self.journal.touches(event, list(subjects))
        return event


def test_events_are_numbered_dated_and_published_in_order() -> None:
    diary = Diary()
    diary.now_s += 2.5
    first, second = diary.add("lab", "toyshop"), diary.add("users", "users")
    assert (first["id"], second["id"], first["t"]) == (1, 2, 2.5)
    assert diary.published == [first, second]
    assert (first["type"], first["cause"], first["after_s"], first["detail"]) == (
        "event", None, None, {},
    )  # fmt: skip


def test_an_event_may_be_dated_when_it_happened() -> None:
    diary = Diary()
    diary.now_s += 5.0
    assert diary.journal.add("breaker", "a:b", "open", at_s=1001.25)["t"] == 1.25


def test_what_happens_to_a_faults_target_is_its_effect() -> None:
    diary = Diary()
    fault = diary.fault("payments-1", "payments")
    diary.now_s += 2.1
    for kind, subject in (
        ("breaker", "checkout:payments"),
        ("health", "payments-1"),
        ("process_exit", "payments-1"),
        ("process_stopped", "payments-1"),
    ):
        event = diary.add(kind, subject)
        assert (event["cause"], event["after_s"]) == (fault["id"], 2.1)


def test_what_happens_to_others_or_by_hand_is_not() -> None:
    diary = Diary()
    diary.fault("payments-1", "payments")
    for kind, subject in (
        ("health", "payments-2"),
        ("breaker", "gateway:catalog"),
        ("chain", "checkout:payments"),
        ("reset", "toyshop"),
    ):
        assert diary.add(kind, subject)["cause"] is None


def test_the_newest_fault_is_the_cause() -> None:
    diary = Diary()
    diary.fault("payments-1")
    second = diary.fault("payments-1")
    assert diary.add("process_exit", "payments-1")["cause"] == second["id"]


def test_a_fault_does_not_cause_itself() -> None:
    diary = Diary()
    diary.fault("payments-1")
    assert diary.fault("payments-1")["cause"] is None


def test_a_fault_that_is_over_causes_nothing_more() -> None:
    diary = Diary()
    fault = diary.fault("payments-1", "payments")
    diary.journal.over(fault["id"])
    assert diary.add("process_exit", "payments-1")["cause"] is None


def test_after_a_while_a_fault_is_no_longer_to_blame() -> None:
    diary = Diary()
    fault = diary.fault("payments-1")
    diary.now_s += CAUSED_WITHIN_S
    assert diary.add("health", "payments-1")["cause"] == fault["id"]
    diary.now_s += 0.1
    assert diary.add("health", "payments-1")["cause"] is None
