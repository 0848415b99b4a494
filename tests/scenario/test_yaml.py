import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lab.cluster.scenarios.positions import Place
from lab.cluster.scenarios.scenario import MAX_DIAGNOSTICS, check_scenario
from lab.cluster.scenarios.yaml import MAX_BYTES, MAX_VALUES, read_yaml


def test_everything_has_its_place() -> None:
    document = read_yaml("a: 1\nb:\n  - x\n  - {c: [1,\n     2]}\nd: |\n  one\n  two\n")

    assert document.complete
    assert document.data == {"a": 1, "b": ["x", {"c": [1, 2]}], "d": "one\ntwo\n"}
    assert document.keys[("b",)] == Place(2, 1, 2)
    assert document.values[("b",)] == Place(3, 3, 5)
    assert document.values[("b", 1, "c", 1)] == Place(5, 6, 5)
    assert document.values[("b", 1)] == Place(4, 5, 5)
    assert document.values[("d",)] == Place(6, 4, 8)
    assert document.value(("b", 7, "nowhere")) == document.values[("b",)]
    assert document.key(("b", 0)) == document.values[("b", 0)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7), ("-7", -7), ("+7", 7), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("yes", "yes"), ("on", "on"), ("0x10", "0x10"), ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("'7'", "7"), ('"true"', "true"), ("9" * 19, float("9" * 19)), (".inf", ".inf"),
        ("/x", "/x"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    data = read_yaml(f"a: {text}").data["a"]

    assert data == value
    assert type(data) is type(value)


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert read_yaml("1: a\ntrue: b\nnull: c\n<<: d").data == {
        "1": "a", "true": "b", "null": "c", "<<": "d",
    }  # fmt: skip


def test_an_alias_repeats_a_value() -> None:
    document = read_yaml("a: &it [1, 2]\nb: *it\nc: *it")

    assert document.data == {"a": [1, 2], "b": [1, 2], "c": [1, 2]}
    assert document.value(("c", 1)) == Place(3, 4, 3)


@pytest.mark.parametrize(
    ("text", "place", "code", "hint"),
    [
        ("", (1, 1), "empty", ""),
        ("# nothing\n", (1, 1), "empty", ""),
        ("a: [1, 2", (1, 9), "yaml_syntax", "a bracket is not closed"),
        ("a: 'x", (1, 6), "yaml_syntax", "a quote is not closed"),
        ("a:\n\t- b", (2, 1), "yaml_syntax", "indent with spaces, not with tabs"),
        ("a: b: c", (1, 5), "yaml_syntax",
         "check the indentation, or quote a text that has ': '"),
        ("a: @b", (1, 4), "yaml_syntax", "put the text into quotes"),
        ("a: 1\nb", (2, 2), "yaml_syntax", "a key needs a colon and a space after it"),
        ("- a\nb: 1", (2, 1), "yaml_syntax", "check the indentation"),
        ("a: \x01", (1, 4), "yaml_syntax", ""),
        ("a: \ud800", (1, 4), "yaml_syntax", ""),
        ("a: *nope", (1, 4), "yaml_syntax", ""),
        ("a: &it [*it]", (1, 9), "yaml_syntax", ""),
        ("a: 1\n---\nb: 1", (2, 1), "yaml_syntax", "one file has one document"),
        ("[a]: 1", (1, 1), "bad_key", ""),
        ("a: 1\na: 2", (2, 1), "duplicate_key", "remove one of them"),
        ("a: !!python/object:os.system x", (1, 4), "tag", "remove the tag"),
        ('a: "\\uD800"', (1, 4), "yaml_syntax", "write the character itself"),
        ("[" * 1000, (1, 26), "too_deep", "at most 24 levels"),
        ("a: " + "x" * MAX_BYTES, (1, 1), "too_large", "at most 65536 bytes"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_what_to_do(
    text: str, place: tuple[int, int], code: str, hint: str
) -> None:
    (problem,) = read_yaml(text).problems

    assert (problem.place.line, problem.place.column) == place
    assert (problem.code, problem.hint) == (code, hint)
    assert 0 < len(problem.message) < 200


def test_of_a_key_given_twice_the_first_counts_and_the_second_is_read_too() -> None:
    document = read_yaml("a: 1\na: {b: 1, b: 2}\nc: 3")

    assert document.data == {"a": 1, "c": 3}
    assert [problem.message for problem in document.problems] == [
        "'a' is already in line 1",
        "'b' is already in line 2",
    ]


def test_an_alias_bomb_is_defused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for name, inner in zip("bcdefghi", "abcdefgh", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{inner}'] * 10)}]")

    (problem,) = read_yaml("\n".join(lines)).problems

    assert problem.code == "too_large"
    assert problem.place.line == 4


def test_aliases_cannot_nest_deeper_than_brackets_can() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]

    (problem,) = read_yaml("\n".join(lines)).problems

    assert problem.code == "too_deep"


def test_a_file_with_too_many_values_is_refused() -> None:
    (problem,) = read_yaml("- x\n" * (MAX_VALUES + 1)).problems

    assert problem.code == "too_large"


def test_what_is_told_is_bounded() -> None:
    wrong = "".join(f"k{n}: 1\n" for n in range(2000))

    scenario, diagnostics = check_scenario(wrong, "f")

    assert scenario is None
    assert len(diagnostics) == MAX_DIAGNOSTICS


pieces = st.sampled_from(
    ["a", "services", "name", ": ", ":", "\n", "  ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a",
     "!!str ", "'", '"', "|\n", ">-\n", "#", "? ", "\t", "---\n", "...\n", "%YAML 1.1\n", "<<",
     "\\U00110000", "\x85", "\u2028", "\r\n", "1", "1e999", "null", "/x", "-", "\0"]
)  # fmt: skip


@given(st.lists(pieces, max_size=60).map("".join))
@example('"\\UFFFFFFFF"')
@example("%TAG ! tag:x\n---\na: !b 1")
def test_no_text_whatever_makes_it_fall_over(text: str) -> None:
    scenario, diagnostics = check_scenario(text, "f")

    assert scenario is None
    assert diagnostics
    assert all(1 <= each.line <= each.end_line and each.column >= 1 for each in diagnostics)
