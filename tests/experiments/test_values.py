"""Values on a command line are YAML; commas at the top separate those of a sweep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.cluster import ExperimentError, assignments
from lab.cluster.experiments.values import parse_value, show_value, split_values

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(values, min_size=1, max_size=4))
def test_values_are_read_as_they_were_written(written: list[object]) -> None:
    line = ",".join(map(show_value, written))
    assert [parse_value(value, "sweep") for value in split_values(line)] == written


def test_a_sweep_has_lists_and_a_setting_a_value() -> None:
    assert assignments(["a.b=1,2.5,[3, 4],'x,y',true"], "sweep") == {
        "a.b": [1, 2.5, [3, 4], "x,y", True]
    }
    assert assignments(["a=[1, 2]", "b=x=y"], "set") == {"a": [1, 2], "b": "x=y"}


@pytest.mark.parametrize("line", ["a", "=3", "a=", "a=1,,2", "a=[1"])
def test_what_is_no_assignment_is_refused(line: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        assignments([line], "sweep")
    assert refused.value.hint


def test_a_path_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ExperimentError, match="a is there twice"):
        assignments(["a=1", "a=2"], "set")
