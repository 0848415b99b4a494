"""The report is one whole page that needs nothing from anywhere, and says what is in the result."""

import csv
import io
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.cluster import Report, Result
from lab.cluster.experiments.report.figures import short_names
from lab.cluster.experiments.report.scales import logarithmic, upward
from lab.cluster.experiments.report.words import warnings
from tests.experiments.asking import CHAIN, FREEZE, asked, serial

EMPTY = {"meta", "path", "circle", "rect"}
SWEEP = {"users.rate_per_s": [20, 40, 60]}
GRID = {f"{CHAIN}.breaker.enabled": [False, True], "users.rate_per_s": [20, 40]}


@cache
def result(kind: str) -> Result:
    wanted = {
        "single": asked(set={"faults": FREEZE}, seeds=3),
        "sweep": asked(sweep=SWEEP, seeds=2),
        "grid": asked(set={f"{CHAIN}.attempt_timeout.enabled": True}, sweep=GRID),
        "words": asked(sweep={f"{CHAIN}.balance.kind": ["round_robin", "two_choices"]}),
    }
    return serial(wanted[kind])


class Page(HTMLParser):
    """Checks that every element ends where it should; collects attributes and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in EMPTY
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


kinds = pytest.mark.parametrize("kind", ["single", "sweep", "grid", "words"])


@kinds
def test_the_page_is_well_formed_and_needs_nothing_from_anywhere(kind: str) -> None:
    html = Report(result(kind)).html()
    page = Page(html)
    assert page.open == []
    assert not re.search(r"https?:|//|url\(|@import|javascript", html)
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {"src", "href", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    assert html.count("<style>") == 1


@kinds
def test_each_plot_is_a_drawing_of_its_own_with_its_words_as_text(kind: str) -> None:
    html = Report(result(kind)).html()
    drawings = [
        ElementTree.fromstring(each) for each in re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    ]
    assert len(drawings) >= 3
    for drawing in drawings:
        assert drawing.attrib["aria-label"]
        assert len(list(drawing.iter("text"))) >= 4
        for element in drawing.iter():
            numbers = re.findall(r"-?\d+\.?\d*", " ".join(element.attrib.values()))
            assert all(-100.0 <= float(number) <= 800.0 for number in numbers), element.attrib


def test_the_page_of_one_scenario_marks_its_faults() -> None:
    texts = Page(Report(result("single")).html()).texts
    assert "freeze callee-1" in texts
    assert "seconds since the lab began" in texts


def test_the_page_names_what_was_varied_and_how_to_do_it_again() -> None:
    report = Report(result("sweep"))
    words = " ".join(Page(report.html()).texts)
    assert "Varied users.rate_per_s over 20, 40, 60: for each, 2 seeds" in words
    assert report.result.command in words
    assert all(trial.digest[:16] in words for trial in report.result.trials())


def test_what_people_wrote_stays_text() -> None:
    hostile = result("sweep")
    hostile.title = '<script>alert(1)</script> & "more"'
    try:
        page = Page(Report(hostile).html())
    finally:
        hostile.title = "One caller, one callee"
    assert "script" not in page.tags
    assert any("<script>alert(1)</script>" in text for text in page.texts)


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else() -> None:
    report = Report(result("sweep"))
    assert report.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert ("content", report.policy) in Page(report.html()).attributes


def test_trials_that_stopped_early_and_notes_are_told_first() -> None:
    early = serial(asked(sweep=SWEEP))
    early.cells[1].trials[0].ended = "stopped at 3.1 s: it took longer than 2 s"
    early.of, early.state = 7, "cancelled"
    said = warnings(early)
    assert said[0] == "It was stopped after 3 of 7 trials; this is what they gave."
    assert said[1] == "1 of 3 trials stopped early: it took longer than 2 s."
    assert "1 of 1" in Report(early).text()
    assert "stopped early: it took longer" in Report(early).html()


def test_the_table_has_a_row_for_each_cell_with_median_and_spread() -> None:
    text = Report(result("sweep")).text()
    rows = [line for line in text.splitlines() if re.match(r"\s+(20|40|60)  ", line)]
    assert len(rows) == 3
    assert "success %" in text
    assert re.search(r"\d+\.\d \(\d+\.\d–\d+\.\d\)", rows[0])


def test_json_and_csv_hold_every_trial(tmp_path: Path) -> None:
    report = Report(result("grid"))
    assert [path.name for path in report.write(tmp_path / "new")] == [
        "result.json", "trials.csv", "report.html",
    ]  # fmt: skip
    data = json.loads((tmp_path / "new" / "result.json").read_bytes())
    rows = list(csv.DictReader(io.StringIO((tmp_path / "new" / "trials.csv").read_text())))
    trials = [trial for cell in data["cells"] for trial in cell["trials"]]
    assert [row["digest"] for row in rows] == [trial["digest"] for trial in trials]
    assert [row[f"{CHAIN}.breaker.enabled"] for row in rows] == ["False", "False", "True", "True"]
    for row, trial in zip(rows, trials, strict=True):
        for name, value in trial["numbers"].items():
            assert row[name] == ("" if value is None else str(value))


def test_short_names_tell_paths_apart() -> None:
    assert short_names(["a.b.retry.attempts", "x.rate"]) == {
        "a.b.retry.attempts": "retry.attempts",
        "x.rate": "x.rate",
    }
    assert list(short_names(["a.x.retry.on", "b.x.retry.on"]).values()) == [
        "a.x.retry.on", "b.x.retry.on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ([0.0, 93.0], "%", ["0", "25", "50", "75", "100"]),
        ([93.0, 99.0], "%", ["90", "92.5", "95", "97.5", "100"]),
        ([0.0, 3.0], "%", ["0", "1", "2", "3"]),
        ([20.0, 3000.0], "ms", ["20", "50", "100", "200", "500", "1,000", "2,000", "5,000"]),
        ([20.0, 30.0], "ms", ["0", "10", "20", "30"]),
        ([], "", ["0", "0.25", "0.5", "0.75", "1"]),
    ],
)
def test_axes_have_round_ticks(values: list[float], unit: str, ticks: list[str]) -> None:
    scale = upward(values, unit, 300.0, 60.0)
    assert [text for _, text in scale.ticks] == ticks
    assert all(60.0 <= scale(value) <= 300.0 for value in values)


def test_far_apart_decades_are_written_alone() -> None:
    assert [text for _, text in logarithmic(1.0, 90_000.0, 0.0, 1.0).ticks] == [
        "1", "10", "100", "1,000", "10,000", "100,000",
    ]  # fmt: skip
