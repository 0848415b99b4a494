"""A result in every form that is handed out."""

from dataclasses import dataclass
from pathlib import Path

from lab.cluster.experiments.report.document import as_html, policy
from lab.cluster.experiments.report.text import as_text
from lab.cluster.experiments.result import Result, as_csv, as_json

JSON_FILE = "result.json"
CSV_FILE = "trials.csv"
HTML_FILE = "report.html"


@dataclass(frozen=True, slots=True)
class Report:
    """Of one result that has at least one trial."""

    result: Result

    def text(self) -> str:
        """Return the table, for a terminal."""
        return as_text(self.result)

    def html(self) -> str:
        """Return one page with everything, for people."""
        return as_html(self.result)

    @property
    def policy(self) -> str:
        """The content security policy under which the page is whole."""
        return policy()

    def json(self) -> bytes:
        """Return everything, for programs."""
        return as_json(self.result)

    def csv(self) -> str:
        """Return a line for each trial, for spreadsheets."""
        return as_csv(self.result)

    def write(self, folder: Path) -> list[Path]:
        """Write JSON, CSV and HTML into a folder, made if need be. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        contents = {
            JSON_FILE: self.json(),
            CSV_FILE: self.csv().encode(),
            HTML_FILE: self.html().encode(),
        }
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        return [folder / name for name in contents]
