"""What may be asked of toxics, in Toxiproxy's JSON."""

from typing import Any

import pytest

from lab.cluster.links.toxics import TOXICS
from lab.cluster.links.toxics.error import ToxicError
from lab.cluster.links.toxics.toxic import merge_toxic, parse_toxic, plain_toxic

LATENCY: dict[str, Any] = {"type": "latency", "attributes": {"latency": 100}}


def test_the_seven_toxics_are_those_of_toxiproxy() -> None:
    assert set(TOXICS) == {
        "latency",
        "bandwidth",
        "slow_close",
        "timeout",
        "reset_peer",
        "slicer",
        "limit_data",
    }


def test_defaults_are_those_of_toxiproxy_and_all_attributes_are_shown() -> None:
    assert plain_toxic(parse_toxic(LATENCY)) == {
        "name": "latency_downstream",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 1.0,
        "attributes": {"latency": 100, "jitter": 0},
    }


def test_the_default_name_has_the_stream() -> None:
    assert parse_toxic(LATENCY | {"stream": "upstream"}).name == "latency_upstream"
    assert parse_toxic(LATENCY | {"stream": "UPSTREAM"}).direction.value == "upstream"


def test_unknown_keys_are_ignored() -> None:
    toxic = parse_toxic(LATENCY | {"colour": "red"} | {"attributes": {"latency": 1, "rate": 2}})
    assert plain_toxic(toxic)["attributes"] == {"latency": 1, "jitter": 0}


def test_an_update_merges_attributes_and_toxicity_only() -> None:
    toxic = parse_toxic(LATENCY)
    changes = {
        "name": "other",
        "type": "bandwidth",
        "stream": "upstream",
        "toxicity": 0.5,
        "attributes": {"jitter": 7},
    }
    assert plain_toxic(merge_toxic(toxic, changes)) == {
        "name": "latency_downstream",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 0.5,
        "attributes": {"latency": 100, "jitter": 7},
    }
    assert merge_toxic(toxic, {}) == toxic


@pytest.mark.parametrize("value", ["100", 1.5, 2.0, True, None, -1, 2**63, [1]])
def test_an_attribute_is_a_whole_number(value: object) -> None:
    with pytest.raises(ToxicError) as caught:
        parse_toxic({"type": "latency", "attributes": {"latency": value}})
    assert caught.value.field == "attributes.latency"
    assert repr(value) in caught.value.message
    assert caught.value.hint == "want a whole number, 0 or more"
    assert caught.value.code == "invalid"


@pytest.mark.parametrize(
    ("asked", "field", "hint"),
    [
        ({"type": "latencies"}, "type", "did you mean latency?"),
        ({}, "type", "want one of latency, bandwidth"),
        ({"type": ["latency"]}, "type", "latency"),
        (LATENCY | {"stream": "sideways"}, "stream", "want upstream (requests) or downstream"),
        (LATENCY | {"toxicity": 1.1}, "toxicity", "from 0 to 1"),
        (LATENCY | {"toxicity": "1"}, "toxicity", "from 0 to 1"),
        (LATENCY | {"toxicity": float("nan")}, "toxicity", "from 0 to 1"),
        (LATENCY | {"name": 5}, "name", "want a text"),
        (LATENCY | {"attributes": [1]}, "attributes", "want an object"),
        ({"type": "slicer"}, "attributes.average_size", "at least 1 byte"),
        (
            {"type": "slicer", "attributes": {"average_size": 5, "size_variation": 5}},
            "attributes.size_variation",
            "want less than average_size (5)",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_advice(
    asked: dict[str, object], field: str, hint: str
) -> None:
    with pytest.raises(ToxicError) as caught:
        parse_toxic(asked)
    assert caught.value.field == field
    assert hint in caught.value.hint


def test_an_update_is_checked_as_a_whole() -> None:
    slicer = parse_toxic({"type": "slicer", "attributes": {"average_size": 5, "size_variation": 2}})
    with pytest.raises(ToxicError, match="size_variation is 2"):
        merge_toxic(slicer, {"attributes": {"average_size": 2}})
