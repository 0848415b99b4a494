"""Small decisions at a service's door: which end of the queue, who is shed, what is hopeless."""

import pytest

from lab.patterns.deadline_drop import DeadlineDrop, DeadlineDropSettings
from lab.patterns.parameters import ParameterError
from lab.patterns.queue_order import QueueOrder, QueueOrderSettings
from lab.patterns.shedding import Shedding, SheddingSettings


@pytest.mark.parametrize(("order", "ends"), [("fifo", ["oldest"]), ("lifo", ["newest"])])
def test_fifo_and_lifo_keep_to_their_end(order: str, ends: list[str]) -> None:
    one = QueueOrder(QueueOrderSettings(order=order))
    assert [*{one.next(waiting, 4) for waiting in range(1, 100)}] == ends


def test_adaptive_turns_to_the_newest_when_the_queue_is_long_and_back() -> None:
    one = QueueOrder(QueueOrderSettings(order="adaptive", threshold=2.0))
    taken = [one.next(waiting, 4) for waiting in (1, 8, 9, 50, 8)]
    assert taken == ["oldest", "oldest", "newest", "newest", "oldest"]


def test_the_less_important_are_shed_first_and_the_critical_never_here() -> None:
    one = Shedding(SheddingSettings(default_ratio=0.7, sheddable_ratio=0.3))

    def shed(waiting: int) -> list[str]:
        names = ("critical", "default", "sheddable")
        return [name for name in names if one.sheds(name, waiting, 10)]

    assert [shed(waiting) for waiting in (2, 3, 6, 7, 10)] == [
        [], ["sheddable"], ["sheddable"], ["default", "sheddable"], ["default", "sheddable"],
    ]  # fmt: skip


def test_the_sheddable_may_not_fill_more_than_the_default() -> None:
    with pytest.raises(ParameterError, match="sheddable_ratio"):
        SheddingSettings(default_ratio=0.2, sheddable_ratio=0.3)


def test_what_has_expired_or_cannot_finish_is_not_begun() -> None:
    one = DeadlineDrop(DeadlineDropSettings(margin_s=0.05))
    for _ in range(100):
        one.learn(0.2)
    assert one.judge(None) == one.judge(0.3) == ""
    assert one.judge(0.24) == "dropped: 0.240 s are left, 0.250 s are needed"
    assert one.judge(-1.0) == "dropped: its deadline has passed"


def test_without_the_estimate_only_what_has_expired_is_dropped() -> None:
    one = DeadlineDrop(DeadlineDropSettings(estimate=False))
    one.learn(10.0)
    assert one.judge(0.001) == ""
    assert one.judge(0.0)


def test_the_usual_time_follows_what_is_served() -> None:
    one = DeadlineDrop(DeadlineDropSettings())
    for seconds in [1.0] * 10 + [0.1] * 60:
        one.learn(seconds)
    assert one.judge(0.2) == ""


def test_snapshots_say_what_the_latest_decision_rested_on() -> None:
    order = QueueOrder(QueueOrderSettings(order="adaptive"))
    order.next(7, 4)
    assert (order.snapshot()["waiting"], order.snapshot()["workers"]) == (7, 4)
    drop = DeadlineDrop(DeadlineDropSettings(enabled=True, margin_s=0.1))
    assert (drop.snapshot()["needed_s"], drop.snapshot()["left_s"]) == (0.0, None)
    drop.learn(0.2)
    drop.judge(0.25)
    assert drop.snapshot()["needed_s"] == pytest.approx(0.3)
    assert drop.snapshot()["left_s"] == 0.25
