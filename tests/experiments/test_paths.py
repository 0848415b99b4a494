"""Every path that is offered can be set; every other one is answered with the nearest."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.cluster import ExperimentError, Scenario, load_scenario
from lab.cluster.experiments.changes import changed
from lab.cluster.experiments.paths import look_up, offered, parse_path, show_path, whole
from lab.cluster.scenarios.positions import Path
from lab.cluster.scenarios.yaml import read_yaml
from tests.experiments.asking import text

NAMES = ("pair", "chain", "toyshop")
PAYMENTS = "dependencies.checkout:payments.chain"


@cache
def known(name: str) -> tuple[dict[str, object], Scenario, dict[Path, object]]:
    scenario = load_scenario(text(name), name)
    return read_yaml(text(name)).data, scenario, offered(scenario)


def after(name: str, changes: dict[str, object]) -> dict[str, object]:
    data, scenario, _ = known(name)
    return whole(changed(data, scenario, changes, "set")[1])


@given(st.data(), st.sampled_from(NAMES))
@settings(deadline=None)  # it checks a whole scenario, on a machine that is busy
def test_every_path_that_is_offered_round_trips(draw: st.DataObject, name: str) -> None:
    _, scenario, paths = known(name)
    path = draw.draw(st.sampled_from(sorted(paths, key=show_path)))
    assert parse_path(show_path(path)) == path
    assert look_up(whole(scenario), path) == paths[path]
    assert after(name, {show_path(path): paths[path]}) == whole(scenario)


parts = st.one_of(
    st.integers(0, 99_999),
    st.from_regex(r"[a-z][a-z0-9_:/~-]*(\.[a-z0-9/]+)*", fullmatch=True),
)


@given(st.lists(parts, min_size=1, max_size=6).map(tuple))
def test_a_path_is_read_as_it_was_written(path: Path) -> None:
    assert parse_path(show_path(path)) == path


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_is_refused_in_words(words: str) -> None:
    try:
        path = parse_path(words)
    except ExperimentError as error:
        assert error.hint  # noqa: PT017 - most texts are none, some are
    else:
        assert parse_path(show_path(path)) == path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("users.rate_per_s", 81.0),
        ("services.payments.capacity", 3),
        ("services.payments.health.interval_s", 0.2),
        ("services.checkout.routes./order.work.mean_s", 0.5),
        (f"{PAYMENTS}.retry.attempts", 7),
        (f"{PAYMENTS}.fallback.kind", "omit"),
        ("users.chain.retry.attempts", 5),
        ("users.mix.1.share", 0.9),
        ("users.mix[1].share", 0.9),
        ("zones", ["a", "b", "c"]),
        ("seed", 11),
    ],
)
def test_a_value_is_where_it_was_set(path: str, value: object) -> None:
    assert look_up(after("toyshop", {path: value}), parse_path(path)) == value


def test_nothing_else_changes_when_a_layer_is_set_that_the_file_does_not_have() -> None:
    before, now = after("pair", {}), after("pair", {"users.chain.timeout.limit_s": 0.7})
    assert look_up(now, parse_path("users.chain.timeout.limit_s")) == 0.7
    assert look_up(now, parse_path("users.chain.timeout.enabled")) is False
    now["users"] = before["users"]
    assert now == before


def test_faults_can_be_added_part_by_part_or_as_a_whole() -> None:
    fault = {"kind": "hang", "target": "payments-1", "at_s": 10.0}
    whole_list = after("toyshop", {"faults": [fault]})
    parts = after("toyshop", {f"faults.0.{key}": value for key, value in fault.items()})
    assert whole_list == parts
    assert look_up(parts, parse_path("faults.0.kind")) == "hang"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"users.rate": 3}, r"this scenario has no users\.rate \(did you mean users\.rate_per_s"),
        ({"services.payment.capacity": 3}, r"did you mean services\.payments\.capacity"),
        ({f"{PAYMENTS}.rety.attempts": 3}, r"payments\.chain\.retry\.attempts"),
        ({"capacity": 3}, r"did you mean services\.\w+\.capacity"),
        ({"title": "x"}, "this scenario has no title"),
        ({f"{PAYMENTS}.0.attempts": 3}, "this scenario has no"),
        ({"faults.1.kind": "hang"}, "this scenario has no"),
        ({"users..rate": 3}, "is not a path"),
        ({"users.rate_per_s": 5000}, r"users\.rate_per_s: 5000 is out of range \(at most 1000\)"),
        ({"users.rate_per_s": "many"}, "expected a number, got 'many'"),
        ({f"{PAYMENTS}.retry.attempts": 11}, r"retry\.attempts: must be a whole number from 1"),
        ({f"{PAYMENTS}.retry": 3}, "expected a mapping"),
        ({"faults.0.kind": "hang"}, r"faults\.0: 'target' is missing"),
        ({"faults": [{"kind": "hang", "target": "paymets"}]}, "did you mean payments"),
        ({"faults": 3, "faults.0.kind": "hang"}, "nothing can be set inside faults"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence) as refused:
        after("toyshop", changes)
    assert "\n" not in str(refused.value)
    assert refused.value.field == "set"
