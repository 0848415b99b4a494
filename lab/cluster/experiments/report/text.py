"""An experiment's table for a terminal."""

from lab.cluster.experiments.report.table import Figure, summary
from lab.cluster.experiments.report.words import fixed, varied, warnings
from lab.cluster.experiments.result import Result

GAP = "  "


def as_text(result: Result) -> str:
    """Return title, what was done, the table, and what to know."""
    table = summary(result)
    columns = [
        max(len(head), *(len(_shown(row[place])) for row in table.rows), 0)
        for place, head in enumerate(table.narrow)
    ]
    aligned = [
        GAP.join(
            _shown(item).ljust(width) if not item.is_number else _shown(item).rjust(width)
            for item, width in zip(row, columns, strict=True)
        ).rstrip()
        for row in table.rows
    ]
    heads = GAP.join(
        head.rjust(width) for head, width in zip(table.narrow, columns, strict=True)
    ).rstrip()
    lines = [result.title, varied(result), *(f"  {line}" for line in fixed(result)), ""]
    lines += [heads, "─" * max(map(len, [heads, *aligned])), *aligned]
    lines += ["", *warnings(result)] if warnings(result) else []
    return "\n".join(lines)


def _shown(item: Figure) -> str:
    return f"{item.text} ({item.spread})" if item.spread else item.text
