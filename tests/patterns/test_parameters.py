"""Settings explain themselves, and refuse with words that teach."""

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns import PATTERNS, ParameterError, parameter, parameters, parse, plain, schema
from lab.patterns.parameters import Parameter

KINDS = sorted(PATTERNS)


@dataclass(frozen=True, slots=True)
class Tea:
    """How to make tea."""

    minutes: float = parameter(3.0, unit="min", minimum=1.0, maximum=10.0, help="how long")
    cups: int = parameter(2, unit="cups", minimum=1, help="how many")
    sugar: int = parameter(0, maximum=3, help="how sweet")
    depth: float = parameter(1.0, help="any number")
    milk: bool = parameter(False, help="with milk")
    kind: str = parameter("green", choices=("green", "black"), help="which leaves")
    herbs: tuple[str, ...] = parameter(("mint",), choices=("mint", "sage"), help="what else")

    def __post_init__(self) -> None:
        if self.milk and self.kind == "green":
            raise ParameterError("milk", "does not go with green tea", "use black")


def refused(**values: Any) -> ParameterError:
    with pytest.raises(ParameterError) as caught:
        parse(Tea, values)
    return caught.value


def test_what_is_not_named_takes_its_default() -> None:
    assert parse(Tea, {}) == Tea()
    assert parse(Tea, {"cups": 5}) == Tea(cups=5)


def test_whole_numbers_are_numbers_and_whole_floats_are_whole_numbers() -> None:
    made = parse(Tea, {"minutes": 4, "cups": 3.0})
    assert (made.minutes, made.cups) == (4.0, 3)
    assert (type(made.minutes), type(made.cups)) == (float, int)


def test_lists_become_tuples_in_the_order_given() -> None:
    assert parse(Tea, {"herbs": ["sage", "mint"]}).herbs == ("sage", "mint")
    assert parse(Tea, {"herbs": []}).herbs == ()


def test_an_unknown_name_hints_at_the_nearest_one() -> None:
    error = refused(minuets=3)
    assert error.field == "minuets"
    assert error.message == "there is no parameter 'minuets'"
    assert error.hint == "did you mean 'minutes'?"
    assert str(error) == ("minuets: there is no parameter 'minuets' (did you mean 'minutes'?)")
    assert refused(xyzzy=1).hint == "there are: cups, depth, herbs, kind, milk, minutes, sugar"


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"minutes": 0.5}, "must be a number from 1 to 10 min, not 0.5", ""),
        ({"minutes": "3"}, "must be a number from 1 to 10 min, not '3'", ""),
        ({"minutes": True}, "must be a number from 1 to 10 min, not True", ""),
        ({"minutes": None}, "must be a number from 1 to 10 min, not None", ""),
        ({"minutes": math.nan}, "must be a number from 1 to 10 min, not nan", ""),
        ({"cups": 1.5}, "must be a whole number of at least 1 cups, not 1.5", ""),
        ({"cups": False}, "must be a whole number of at least 1 cups, not False", ""),
        ({"cups": math.inf}, "must be a whole number of at least 1 cups, not inf", ""),
        ({"sugar": 4}, "must be a whole number of at most 3, not 4", ""),
        ({"depth": math.inf}, "must be a number, not inf", ""),
        ({"milk": 1}, "must be true or false, not 1", ""),
        ({"milk": "yes"}, "must be true or false, not 'yes'", ""),
        ({"kind": "blak"}, "must be one of green, black, not 'blak'", "did you mean 'black'?"),
        ({"kind": ["green"]}, "must be one of green, black, not ['green']", ""),
        ({"herbs": "mint"}, "must be a list with any of mint, sage, not 'mint'", None),
        ({"herbs": ["mnit"]}, "cannot contain 'mnit'", "did you mean 'mint'?"),
        ({"herbs": [["mint"]]}, "cannot contain ['mint']", None),
        ({"herbs": ["mint", "mint"]}, "contains 'mint' twice", "name each once"),
        ({"milk": True}, "does not go with green tea", "use black"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(
    values: dict[str, Any], message: str, hint: str | None
) -> None:
    error = refused(**values)
    assert [error.field] == list(values)
    assert error.message == message
    if hint is not None:
        assert error.hint == hint


def test_a_huge_number_is_refused_without_an_overflow() -> None:
    """Pitfall 21, in its other place: float(10 ** 400) raises OverflowError in Python."""
    for value in (10**400, -(10**400)):
        assert refused(depth=value).message.startswith("must be a number, not ")
        assert len(refused(minutes=value).message) < 120


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_nothing_but_settings_or_a_parameter_error_comes_out(
    name: str, data: st.DataObject
) -> None:
    cls = PATTERNS[name].settings
    own = [each.name for each in parameters(cls)] or ["nothing"]
    names = st.sampled_from(own) | st.text(max_size=8)
    values = data.draw(st.dictionaries(names, JSON_VALUES, max_size=3))
    made: object
    try:
        made = parse(cls, values)
    except ParameterError as error:
        made = error
    assert isinstance(made, (cls, ParameterError))


def allowed(about: Parameter) -> st.SearchStrategy[object]:
    """What a parameter takes."""
    match about.kind:
        case "flag":
            return st.booleans()
        case "choice":
            return st.sampled_from(about.choices or ())
        case "choices":
            return st.lists(st.sampled_from(about.choices or ()), unique=True)
        case "integer":
            return st.integers(int(about.minimum or 0), int(about.maximum or 0))
        case "number":
            return st.floats(about.minimum, about.maximum)


AGREEING = {"cap_s": 300.0, "least": 1, "most": 1000, "target_s": 0.01, "sheddable_ratio": 0.0}
"""What is bounded by another parameter, at a value that agrees with all of that one's."""


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_settings_survive_the_way_through_json(name: str, data: st.DataObject) -> None:
    cls = PATTERNS[name].settings
    values: dict[str, object] = {each.name: data.draw(allowed(each)) for each in parameters(cls)}
    values |= {name: value for name, value in AGREEING.items() if name in values}
    settings: object = parse(cls, values)
    assert parse(cls, json.loads(json.dumps(plain(settings)))) == settings


@pytest.mark.parametrize("name", ["retry", "supervision"])
def test_a_cap_below_the_first_wait_is_refused(name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(PATTERNS[name].settings, {"base_s": 5.0, "cap_s": 2.0})
    assert caught.value.field == "cap_s"
    assert caught.value.message == "must be at least base_s (5 s), not 2 s"
    with pytest.raises(ParameterError):
        replace(PATTERNS[name].settings(), base_s=5.0, cap_s=2.0)


def test_the_schema_says_the_same_as_parse() -> None:
    assert schema(Tea) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tea",
        "description": "How to make tea.",
        "type": "object",
        "properties": {
            "minutes": {
                "type": "number",
                "minimum": 1.0,
                "maximum": 10.0,
                "description": "how long",
                "default": 3.0,
            },
            "cups": {"type": "integer", "minimum": 1, "description": "how many", "default": 2},
            "sugar": {"type": "integer", "maximum": 3, "description": "how sweet", "default": 0},
            "depth": {"type": "number", "description": "any number", "default": 1.0},
            "milk": {"type": "boolean", "description": "with milk", "default": False},
            "kind": {
                "type": "string",
                "enum": ["green", "black"],
                "description": "which leaves",
                "default": "green",
            },
            "herbs": {
                "type": "array",
                "items": {"type": "string", "enum": ["mint", "sage"]},
                "uniqueItems": True,
                "description": "what else",
                "default": ["mint"],
            },
        },
        "additionalProperties": False,
    }


def test_fields_that_are_no_parameters_stay_out_of_it() -> None:
    @dataclass(frozen=True, slots=True)
    class Half:
        shown: int = parameter(1, minimum=0, maximum=3, help="shown")
        hidden: int = 2

    assert [each.name for each in parameters(Half)] == ["shown"]
    assert plain(Half()) == {"shown": 1}
