"""What the page shows of the patterns is complete and true."""

import ast
import sys
from pathlib import Path

import pytest

import lab.patterns
from lab.patterns import DEFAULT_ORDER, PATTERNS, PatternKind, parameters, parse
from lab.patterns.guards import GUARDS
from lab.patterns.parameters import Parameter

ROOM = Path(lab.patterns.__file__).parent
KINDS = list(PATTERNS.values())
PARAMETERS = [
    pytest.param(each, id=f"{kind.name}.{each.name}")
    for kind in KINDS
    for each in parameters(kind.settings)
]


def named(kind: PatternKind) -> str:
    return kind.name


def test_every_pattern_of_a_chain_and_of_a_service_is_there() -> None:
    assert set(PATTERNS) == {*DEFAULT_ORDER, *GUARDS, "health", "supervision"}


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_a_pattern_has_a_paragraph_a_diagram_and_its_source(kind: PatternKind) -> None:
    assert 150 < len(kind.summary) < 450
    assert "\n" not in kind.summary
    assert all(path.parent == ROOM and path.is_file() for path in (kind.source, *kind.more_sources))
    ends = {each.from_state for each in kind.transitions} | {
        each.to_state for each in kind.transitions
    }
    assert ends == set(kind.states)
    assert all(each.label for each in kind.transitions)


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_its_source_draws_the_same_states(kind: PatternKind) -> None:
    drawing = (ast.get_docstring(ast.parse(kind.source.read_text("utf-8"))) or "").lower()
    assert all(state in drawing for state in kind.states)


@pytest.mark.parametrize("about", PARAMETERS)
def test_a_parameter_says_what_it_is_in_which_range_and_what_others_take(about: Parameter) -> None:
    assert about.help.endswith(".")
    assert about.reference
    if about.kind in ("integer", "number"):
        assert about.unit
        assert about.minimum is not None
        assert about.maximum is not None
        assert isinstance(about.default, int | float)
        assert about.minimum <= about.default <= about.maximum
    if about.kind in ("choice", "choices"):
        assert about.choices


@pytest.mark.parametrize("about", PARAMETERS)
def test_a_name_carries_its_unit(about: Parameter) -> None:
    assert (about.unit == "per second") == about.name.endswith("_per_s")
    assert (about.unit in ("s", "per second")) == about.name.endswith("_s")
    assert (about.unit == "ratio") == about.name.endswith("_ratio")


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_the_defaults_are_what_parse_accepts(kind: PatternKind) -> None:
    defaults = {each.name: each.default for each in parameters(kind.settings)}
    assert parse(kind.settings, defaults) == kind.settings()


def test_the_room_is_pure() -> None:
    """Pitfall 10: what reads a clock or rolls dice by itself cannot be tested, or trusted."""
    allowed = {
        "bisect",
        "collections",
        "dataclasses",
        "difflib",
        "enum",
        "math",
        "pathlib",
        "sys",
        "types",
        "typing",
    }
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.startswith("lab.patterns") or name.split(".")[0] in allowed, path
    assert allowed <= sys.stdlib_module_names


def test_no_pattern_waits_between_a_check_and_its_update() -> None:
    """Pitfall 11: acquire, record, enter and leave are each one synchronous step."""
    for path in ROOM.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        assert not any(
            isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(tree)
        ), path


def test_every_file_is_short() -> None:
    for path in ROOM.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 250, path
