"""A plan is checked as a whole before the first trial, and says how to do it again."""

import shlex
from itertools import pairwise
from typing import Any

import pytest

from lab.cluster import ExperimentError, assignments, plan_of
from tests.experiments.asking import CHAIN, FREEZE, asked


def test_several_sweeps_make_a_grid_and_each_cell_has_its_seeds() -> None:
    plan = plan_of(asked(sweep={"users.rate_per_s": [10, 20], "seed": [5, 9]}, seeds=2))
    assert [tuple(cell.at.values()) for cell in plan.cells] == [(10, 5), (10, 9), (20, 5), (20, 9)]
    orders = list(plan.orders())
    assert sorted(order.number for order in orders) == list(range(8))
    assert [(order.cell, order.seed) for order in orders] == [
        (0, 5), (1, 9), (2, 5), (3, 9), (0, 6), (1, 10), (2, 6), (3, 10),
    ]  # fmt: skip


def test_what_is_set_comes_before_what_is_swept() -> None:
    plan = plan_of(asked(set={"faults": FREEZE}, sweep={"faults.0.duration_s": [1, 2]}))
    assert [cell.data["faults"][0]["duration_s"] for cell in plan.cells] == [1, 2]


def test_the_command_asks_for_the_same_again() -> None:
    wanted = asked(
        set={"faults": FREEZE, f"{CHAIN}.retry.enabled": True},
        sweep={f"{CHAIN}.retry.jitter": ["full", "none"]},
        seeds=3,
        seed=4,
    )
    _, _, _, name, *words = shlex.split(wanted.command())
    assert name == "pair"
    options = dict(zip(words[::2], words[1::2], strict=True))
    assert (options["--seed"], options["--seeds"], options["--for"]) == ("4", "3", "8s")
    settings = [word for flag, word in pairwise(words) if flag == "--set"]
    assert assignments(settings, "set") == wanted.set
    assert assignments([options["--sweep"]], "sweep") == wanted.sweep


def test_a_setting_of_a_layer_that_is_off_is_noted() -> None:
    off = plan_of(asked(sweep={f"{CHAIN}.retry.attempts": [1, 2]}))
    assert off.notes == [
        (
            f"{CHAIN}.retry.attempts changes nothing while the layer is off: "
            f"add --set {CHAIN}.retry.enabled=true"
        )
    ]
    on = asked(set={f"{CHAIN}.retry.enabled": True}, sweep={f"{CHAIN}.retry.attempts": [1, 2]})
    assert plan_of(on).notes == []


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"for_s": 8.0, "warm_up_s": 8.0}, "warm_up_s", "leaves nothing"),
        ({"for_s": 0.5}, "for_s", "0.5 seconds cannot be had"),
        ({"for_s": 5000.0}, "for_s", "5,000 seconds cannot be had"),
        ({"seeds": 0}, "seeds", "0 seeds cannot be had"),
        ({"seed": -1}, "seed", "out of range"),
        ({"sweep": {"users.rate_per_s": []}}, "sweep", "has no values"),
        ({"sweep": {"users.rate_per_s": list(range(401))}}, "sweep", "401 combinations"),
        ({"sweep": {"users.rate_per_s": [1]}, "set": {"users.rate_per_s": 2}}, "sweep", "also set"),
        ({"sweep": {"users.rate_per_s": [1, -1]}}, "sweep", "-1 is out of range"),
        ({"sweep": {"users.rate_per_s": [1] * 50}, "seeds": 100}, "seeds", "5,000 trials"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ExperimentError, match=words) as refused:
        plan_of(asked(**more))
    assert refused.value.field == field
    assert refused.value.hint
