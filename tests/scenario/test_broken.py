"""Each way to get a scenario wrong, with the exact place and words that the author reads."""

import pytest

from lab.cluster.scenarios.scenario import ScenarioError, check_scenario, load_scenario
from lab.patterns.chain import DEFAULT_ORDER
from lab.patterns.guards import GUARDS

TEXT = """\
name: base
title: Base
zones: [a, b]
services:
  front:
    replicas: 2
    routes:
      /:
        work: {kind: fixed, mean_s: 0.001}
        calls:
          - {to: back, route: /x}
  back:
    zones: [b]
    health: {rise: 2}
    routes:
      /x: {work: {kind: exponential, mean_s: 0.01}}
dependencies:
  front:back:
    chain: [{pattern: retry, attempts: 2}]
users:
  rate_per_s: 10
  entry: front
  mix: [{route: /, share: 1}]
faults:
  - {kind: hang, target: back-1, at_s: 5}
"""

NAME_HINT = "lower-case letters, digits and single dashes, beginning with a letter"
LAYERS = ", ".join(DEFAULT_ORDER)
GUARD_NAMES = ", ".join(sorted(GUARDS))


Said = tuple[str, str, str, str]
"""Where (line:column-last line), the code (a warning says so), the message and the hint."""


def said(text: str) -> list[Said]:
    _, diagnostics = check_scenario(text, "f")
    return [
        (
            f"{each.line}:{each.column}-{each.end_line}",
            each.code if each.level == "error" else f"warning {each.code}",
            each.message,
            each.hint,
        )
        for each in diagnostics
    ]


def test_the_text_that_the_table_breaks_is_fine() -> None:
    assert said(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title:", "titlle:", [
            ("1:1-25", "missing", "'title' is missing", "such as The toy shop"),
            ("2:1-2", "unknown_key", "'titlle' means nothing here", "did you mean title?"),
        ]),
        ("replicas:", "replicsa:", [
            ("6:5-6", "unknown_key", "'replicsa' means nothing here", "did you mean replicas?"),
        ]),
        ("to: back,", "too: back, to: back,", [
            ("11:14-11", "unknown_key", "'too' means nothing here", "did you mean to?"),
        ]),
        ("mean_s: 0.001", "median_s: 0.001", [
            ("9:9-9", "missing", "'mean_s' is missing", "mean, in seconds"),
            ("9:29-9", "unknown_key",
             "'median_s' means nothing here", "did you mean mean_s or deviation_s?"),
        ]),
        ("  entry: front\n", "", [
            ("20:1-20", "missing", "'entry' is missing", "the service that users call"),
        ]),
        ("zones: [a, b]", "zones: [a, b]\nzones: [a]", [
            ("4:1-4", "duplicate_key", "'zones' is already in line 3", "remove one of them"),
        ]),
        ("replicas: 2", "replicas: two", [
            ("6:15-6", "wrong_type", "expected a whole number, got 'two'", ""),
        ]),
        ("replicas: 2", "replicas: true", [
            ("6:15-6", "wrong_type", "expected a whole number, got True", ""),
        ]),
        ("replicas: 2", "replicas: 9", [
            ("6:15-6", "out_of_range", "9 is out of range", "at most 8"),
        ]),
        ("rate_per_s: 10", "rate_per_s: '10'", [
            ("21:15-21", "wrong_type", "expected a number, got '10'", ""),
        ]),
        ("rate_per_s: 10", "rate_per_s: 1e999", [
            ("21:15-21", "out_of_range", "inf is out of range", "a finite number"),
        ]),
        ("at_s: 5", "at_s: 5, duration_s: 0", [
            ("25:55-25", "out_of_range", "0 is out of range", "more than 0"),
        ]),
        ("zones: [b]", "zones: b", [
            ("13:12-13", "wrong_type", "expected a list, got 'b'", ""),
        ]),
        ("{kind: fixed, mean_s: 0.001}", "fast", [
            ("9:15-9", "wrong_type", "expected a mapping (key: value), got 'fast'", ""),
        ]),
        ("kind: exponential", "kind: exponental", [
            ("16:25-16", "unknown_choice",
             "'exponental' is no choice here", "did you mean exponential?"),
        ]),
        ("[{route: /, share: 1}]", "[]", [
            ("23:8-23", "wrong_length", "0 are too few", "at least 1"),
        ]),
        ("title: Base", f"title: {'x' * 121}", [
            ("2:8-2", "wrong_length", "the text is too long", "at most 120 characters"),
        ]),
        ("  back:\n    zones", "  Back end:\n    zones", [
            ("11:18-11", "unknown_service",
             "there is no service 'back'", "there are: Back end, front"),
            ("12:3-12", "bad_name", "'Back end' cannot be used here", NAME_HINT),
            ("12:3-12", "warning unreached",
             "no request reaches 'Back end'", "call it, or remove it"),
            ("25:26-25", "unknown_target",
             "there is no instance or service or zone 'back-1'", "did you mean Back end-1?"),
        ]),
        ("  back:\n    zones", "  back-2:\n    zones", [
            ("11:18-11", "unknown_service", "there is no service 'back'", "did you mean back-2?"),
            ("12:3-12", "reserved_name",
             "'back-2' looks like an instance", "end the name in a letter"),
            ("12:3-12", "warning unreached",
             "no request reaches 'back-2'", "call it, or remove it"),
            ("25:26-25", "unknown_target",
             "there is no instance or service or zone 'back-1'",
             "did you mean back-2-1 or back-2?"),
        ]),
        ("zones: [a, b]", "zones: [a, b, front]", [
            ("3:15-3", "reserved_name", "'front' is a service already", "choose another name"),
        ]),
        ("zones: [a, b]", "zones: [a, b, a]", [
            ("3:15-3", "duplicate_name", "zone 'a' is named twice", "choose another name"),
        ]),
        ("/x: {work", "x: {work", [
            ("11:31-11", "unknown_route", "back has no route '/x'", "did you mean x?"),
            ("16:7-16", "bad_name", "'x' cannot be used here", "a path such as /items"),
        ]),
        ("/x: {work", "/health: {work: {kind: fixed, mean_s: 0}}\n      /x: {work", [
            ("16:7-16", "reserved_name",
             "/health is what health checks ask for", "choose another path"),
        ]),
        ("zones: [b]", "zones: [b, c]", [
            ("13:16-13", "unknown_zone", "there is no zone 'c'", "there are: a, b"),
        ]),
        ("to: back", "to: bakk", [
            ("11:18-11", "unknown_service", "there is no service 'bakk'", "did you mean back?"),
            ("12:3-12", "warning unreached", "no request reaches 'back'", "call it, or remove it"),
            ("18:3-18", "unknown_dependency",
             "no call goes over 'front:back'", "did you mean front:bakk?"),
        ]),
        ("- {to: back, route: /x}", "- parallel: [{to: back, route: /xy}]", [
            ("11:42-11", "unknown_route", "back has no route '/xy'", "did you mean /x?"),
        ]),
        ("mean_s: 0.01}}", "mean_s: 0.01}, calls: [{to: front, route: /}]}", [
            ("16:66-16", "call_cycle",
             "calls go in a circle: front → back → front", "remove one of these calls"),
        ]),
        ("mean_s: 0.01}}", "mean_s: 0.01}, calls: [{to: back, route: /x}]}", [
            ("16:66-16", "call_cycle",
             "calls go in a circle: back → back", "remove one of these calls"),
        ]),
        ("entry: front", "entry: frnt", [
            ("22:10-22", "unknown_service", "there is no service 'frnt'", "did you mean front?"),
        ]),
        ("{route: /, share", "{route: /home, share", [
            ("23:17-23", "unknown_route", "front has no route '/home'", "there are: /"),
        ]),
        ("share: 1}", "share: 0}, {route: /, share: 0.0}", [
            ("23:3-23", "no_share", "all shares are zero", "give one of them a share above 0"),
        ]),
        ("  front:back:", "  front:baack:", [
            ("18:3-18", "unknown_dependency",
             "no call goes over 'front:baack'", "did you mean front:back?"),
        ]),
        ("  front:back:", "  users:front:", [
            ("18:3-18", "unknown_dependency",
             "no call goes over 'users:front'", "put its chain under users"),
        ]),
        ("kind: fixed, mean_s: 0.001", "kind: normal, mean_s: 0.001", [
            ("9:9-9", "missing",
             "normal work needs 'deviation_s'", "the standard deviation in seconds, above 0"),
        ]),
        ("kind: fixed, mean_s: 0.001", "kind: fixed, mean_s: 0.001, deviation_s: 1", [
            ("9:44-9", "unknown_key", "fixed work has no deviation", "for normal and lognormal"),
        ]),
        ("attempts: 2", "attempts: 0", [
            ("19:40-19", "parameter", "must be a whole number from 1 to 10 attempts, not 0", ""),
        ]),
        ("attempts: 2", "attempz: 2, jitter: fool, enabled: 1", [
            ("19:30-19", "unknown_key",
             "there is no parameter 'attempz'", "did you mean 'attempts'?"),
            ("19:50-19", "parameter",
             "must be one of none, full, equal, decorrelated, not 'fool'",
             "there are: decorrelated, equal, full, none"),
            ("19:65-19", "parameter", "must be true or false, not 1", ""),
        ]),
        ("pattern: retry, ", "pattern: retri, ", [
            ("19:23-19", "parameter",
             "no pattern of a chain is named 'retri'", "did you mean 'retry'?"),
        ]),
        ("pattern: retry, ", "", [
            ("19:13-19", "parameter", "'pattern' is missing", f"one of {LAYERS}"),
        ]),
        ("attempts: 2}]", "attempts: 2}, {pattern: retry}]", [
            ("19:54-19", "parameter",
             "retry stands in the chain twice", "each pattern has one place"),
        ]),
        ("[{pattern: retry, attempts: 2}]", "retry", [
            ("19:12-19", "parameter", "expected a list, got 'retry'", "[{pattern: retry}]"),
        ]),
        ("health: {rise: 2}", "health: often", [
            ("14:13-14", "parameter", "expected a mapping (key: value), got 'often'", ""),
        ]),
        ("{pattern: retry, attempts: 2}", "retry", [
            ("19:13-19", "parameter", "expected a mapping, got 'retry'",
             "such as {pattern: retry}"),
        ]),
        ("{pattern: retry, attempts: 2}", "{pattern: retry, enabled: 1}" + ", {}" * 20, [
            ("19:12-19", "parameter", "21 layers are too many", "at most 20"),
        ]),
        ("{pattern: retry,", "{pattern: balance}, {pattern: retry,", [
            ("19:23-19", "parameter", "balance must be the last of the chain",
             "it chooses the instance of each attempt"),
        ]),
        ("dependencies:",
         "  users: {routes: {/: {work: {kind: fixed, mean_s: 0}}}}\ndependencies:", [
            ("17:3-17", "reserved_name", "'users' is one of our own workers",
             "choose another name"),
            ("17:3-17", "warning unreached", "no request reaches 'users'",
             "call it, or remove it"),
        ]),
        ("rise: 2", "rise: 0, fal: 3", [
            ("14:20-14", "parameter", "must be a whole number from 1 to 20 probes, not 0", ""),
            ("14:23-14", "unknown_key", "there is no parameter 'fal'", "did you mean 'fall'?"),
        ]),
        ("health: {rise: 2}", "guards: {codle: {enabled: true}}", [
            ("14:14-14", "unknown_key", "'codle' guards nothing", "did you mean 'codel'?"),
        ]),
        ("health: {rise: 2}", "guards: {retry: {}}", [
            ("14:14-14", "unknown_key", "'retry' guards nothing", f"there are: {GUARD_NAMES}"),
        ]),
        ("health: {rise: 2}", "guards: [codel]", [
            ("14:13-14", "parameter", "expected a mapping (key: value), got a list", ""),
        ]),
        ("health: {rise: 2}", "guards: {codel: true}", [
            ("14:21-14", "parameter", "expected a mapping (key: value), got True",
             "such as {enabled: true}"),
        ]),
        ("health: {rise: 2}", "guards: {codel: {enabled: 1, targt_s: 2}}", [
            ("14:31-14", "parameter", "must be true or false, not 1", ""),
            ("14:34-14", "unknown_key",
             "there is no parameter 'targt_s'", "did you mean 'target_s'?"),
        ]),
        ("health: {rise: 2}", "guards: {admission: {kind: vega}, brownout: {gain_ratio: 9}}", [
            ("14:32-14", "parameter",
             "must be one of fixed, aimd, gradient2, vegas, not 'vega'", "did you mean 'vegas'?"),
            ("14:62-14", "parameter", "must be a number from 0.01 to 1 ratio, not 9", ""),
        ]),
        ("health: {rise: 2}", "guards: {admission: {least: 50, most: 2}}", [
            ("14:25-14", "parameter", "must be from least (50) to most (2), not 10", ""),
        ]),
        ("kind: hang", "kind: hung", [
            ("25:12-25", "unknown_fault", "there is no fault 'hung'", "did you mean hang?"),
        ]),
        ("target: back-1", "target: back-2", [
            ("25:26-25", "unknown_target",
             "there is no instance or service or zone 'back-2'", "did you mean back-1 or back?"),
        ]),
        ("target: back-1", "target: 'front-1->back-1'", [
            ("25:26-25", "bad_target",
             "hang cannot aim at a link", "it aims at: instance, service, zone"),
        ]),
        ("kind: hang, target: back-1", "kind: partition, target: a|c", [
            ("25:31-25", "unknown_target",
             "no link joins 'a|c'", "two zones or two services; did you mean a|b?"),
        ]),
        ("kind: hang, target: back-1", "kind: latency, target: back, params: {mean: 1}", [
            ("25:44-25", "unknown_key", "there is no parameter 'mean'", "did you mean 'mean_s'?"),
        ]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(old: str, new: str, expected: list[Said]) -> None:
    assert old in TEXT

    assert said(TEXT.replace(old, new, 1)) == expected


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        TEXT.replace("title: Base\n", "")
        .replace("replicas: 2", "replicas: 9")
        .replace("route: /x}", "route: /y}")
        .replace("attempts: 2", "attempts: 0")
        .replace("entry: front", "entry: fornt")
        .replace("kind: hang", "kind: hung")
    )

    _, diagnostics = check_scenario(text, "f")

    assert [each.code for each in diagnostics] == [
        "missing", "out_of_range", "unknown_route", "parameter", "unknown_service",
        "unknown_fault",
    ]  # fmt: skip


def test_a_scenario_with_errors_is_not_loaded_and_the_error_has_them() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(TEXT.replace("replicas: 2", "replicas: 9"), "toys.yaml")

    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic) == "toys.yaml:6:15: out_of_range 9 is out of range (at most 8)"
    assert diagnostic.plain()["file"] == "toys.yaml"


def test_a_warning_stops_nobody() -> None:
    alone = "  alone:\n    routes:\n      /: {work: {kind: fixed, mean_s: 0}}\n"
    text = TEXT.replace("dependencies:", f"{alone}dependencies:")

    scenario, diagnostics = check_scenario(text, "f")

    assert scenario is not None
    assert [(each.level, each.code, each.line) for each in diagnostics] == [
        ("warning", "unreached", 17)
    ]


def services(count: int, replicas: int) -> str:
    """A scenario in which a front calls ``count`` others."""
    work = "work: {kind: fixed, mean_s: 0}"
    names = [chr(ord("a") + number) * 2 for number in range(count)]
    calls = ", ".join(f"{{to: {name}, route: /}}" for name in names)
    lines = [f"  {n}: {{replicas: {replicas}, routes: {{/: {{{work}}}}}}}" for n in names]
    front = f"  front: {{replicas: {replicas}, routes: {{/: {{{work}, calls: [{calls}]}}}}}}"
    users = "users: {rate_per_s: 1, entry: front, mix: [{route: /, share: 1}]}"
    return "\n".join(["name: big", "title: Big", "services:", front, *lines, users])


def test_what_does_not_fit_on_a_machine_is_refused() -> None:
    assert said(services(2, 8)) == [
        ("3:1-3", "too_many_links", "136 links are too many",
         "at most 100 in all; front:aa has 64"),
    ]  # fmt: skip
    assert said(services(12, 2)) == [
        ("3:1-3", "too_many_instances", "26 instances are too many", "at most 24 in all"),
    ]
    assert said(services(24, 1)) == [
        ("4:3-28", "wrong_length", "25 are too many", "at most 24"),
    ]
    assert said(services(7, 3)) == []


def test_what_can_be_aimed_at_can_be_a_target() -> None:
    for kind, target in (
        ("crash", "front"), ("crash", "b"), ("down", "front-2->back-1"), ("down", "front-2→back-1"),
        ("down", "front:back"), ("down", "users:front"), ("partition", "a|b"),
        ("partition", "back|front"), ("lose_zone", "a"), ("spike", "users"),
    ):  # fmt: skip
        text = TEXT.replace("kind: hang, target: back-1", f"kind: {kind}, target: {target}")
        assert said(text) == [], f"{kind} at {target}"
