"""The report: one HTML file that needs nothing else, from a disk, a mail or a projector.

It has no script, loads nothing and links nowhere; ``POLICY`` lets a browser hold it to that.
"""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from lab.cluster.experiments.report.figures import short_names
from lab.cluster.experiments.report.plots import Plot, svg
from lab.cluster.experiments.report.swept import plots_of_sweep
from lab.cluster.experiments.report.table import Figure, Table, layers, summary
from lab.cluster.experiments.report.timed import plots_over_time
from lab.cluster.experiments.report.words import fixed, varied, warnings
from lab.cluster.experiments.result import Result
from lab.cluster.experiments.values import show_value

_MEANINGS = (
    ("success", "The share of the requests that ended which were answered in full or degraded."),
    ("good answers", "Requests answered, in full or degraded, in a second."),
    (
        "median latency, 95 %, 99 % faster than",
        (
            "Of all users' requests that ended after the warm-up, however they ended, from the "
            "moment at which the user meant to send them."
        ),
    ),
    ("breaker openings", "How often any breaker of any instance opened after the warm-up."),
    (
        "failure after, recovery after",
        (
            "A second is bad when less than 99 % of the requests that ended in it were answered. "
            "From the beginning of the last fault: to the first bad second, and to the end of the "
            "last one."
        ),
    ),
    ("recovered", "The share of the seeds whose last three seconds at least were good."),
    (
        "calls per user request",
        (
            "Attempts that reached for a service, for each request that users offered: what "
            "retries multiply."
        ),
    ),
    ("attempts per call", "How often a call was tried over a dependency; 1 without retries."),
    (
        "bands and small figures",
        (
            "The middle half of the seeds: from the first quartile to the third. Lines and large "
            "figures are medians."
        ),
    ),
)


@cache
def policy() -> str:
    """Return the content security policy under which the report is whole."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def as_html(result: Result) -> str:
    """Return the report of a result that has one trial at least."""
    plots = plots_of_sweep(result) if result.is_sweep else plots_over_time(result)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy()}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(result.title)} · experiment</title>",
            f"<style>{_style()}</style>",
            "</head>",
            "<body>",
            *_head(result),
            *_figures(plots),
            "<h2>The numbers</h2>",
            _table(summary(result)),
            *_layers(result),
            *_again(result),
            "</body>",
            "</html>",
            "",
        ]
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _head(result: Result) -> Iterable[str]:
    yield f'<p class="kind">Faultline experiment · {escape(result.asked.scenario)}</p>'
    yield f"<h1>{escape(result.title)}</h1>"
    yield f'<p class="lead-in">{escape(varied(result))}</p>'
    if result.asked.set:
        lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in fixed(result))
        yield f'<ul class="set">{lines}</ul>'
    if said := warnings(result):
        yield f'<div class="warnings">{"".join(f"<p>{escape(each)}</p>" for each in said)}</div>'


def _figures(plots: list[Plot]) -> Iterable[str]:
    yield '<div class="plots">'
    for plot in plots:
        yield f"<figure>{svg(plot)}</figure>"
    yield "</div>"


def _layers(result: Result) -> Iterable[str]:
    if result.is_sweep:
        yield "<details><summary>Calls and attempts of every layer</summary>"
        yield _table(layers(result))
        yield "</details>"


def _again(result: Result) -> Iterable[str]:
    yield "<h2>Do it again</h2>"
    yield f"<pre><code>{escape(result.command)}</code></pre>"
    if not result.asked.live:
        yield (
            "<p>The same command gives the same numbers on any machine. A digest is over all "
            "events and frames of a trial: two trials with one digest are the same to the byte.</p>"
        )
        yield "<details><summary>Digests</summary>"
        yield _table(_digests(result))
        yield "</details>"
    yield "<h2>What the words mean</h2><dl>"
    for word, meaning in _MEANINGS:
        yield f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>"
    yield "</dl>"


def _digests(result: Result) -> Table:
    rows = [
        [*(Figure(show_value(v)) for v in cell.at.values()), Figure(str(trial.seed)),
         Figure(trial.digest[:16] or "–"), Figure(trial.ended, is_number=False)]
        for cell in result.cells
        for trial in cell.trials
    ]  # fmt: skip
    heads = [*short_names(result.asked.sweep).values(), "seed", "digest", ""]
    return Table(heads, rows, heads)


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "".join(f"<tr>{''.join(map(_item, row))}</tr>" for row in table.rows)
    return (
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _item(item: Figure) -> str:
    if not item.is_number:
        return f'<th scope="row" class="words">{escape(item.text)}</th>'
    spread = f"<small>{escape(item.spread)}</small>" if item.spread else ""
    return f"<td>{escape(item.text)}{spread}</td>"
