"""Files in and out of the API."""

import csv
import io
import re
import unicodedata
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from lab.cluster import Run, chart_rows, events_of
from lab.web.api.application import answer, too_large
from lab.web.api.guard import MOST_FILE_BYTES
from lab.web.errors import Problem

FILE = "application/gzip"
TAKEN = (FILE, "application/x-gzip", "application/octet-stream")
CSV = "text/csv; charset=utf-8"


def body_of(request: HttpRequest) -> bytes:
    """Return the file that is the body. Raise Problem for another content type, or too much."""
    if request.content_type not in TAKEN:
        raise Problem(
            "invalid",
            f"the body's content type is {request.content_type or 'not named'}, not {FILE}",
            field="Content-Type",
            hint="send the file itself as the body, not a form",
        )
    body = request.read(MOST_FILE_BYTES + 1)
    if len(body) > MOST_FILE_BYTES:
        raise too_large(MOST_FILE_BYTES)
    return body


def download(content: bytes, content_type: str, name: str, ending: str) -> HttpResponse:
    """Return a file to keep under ``name``, as far as file systems allow it."""
    response = HttpResponse(content, content_type=content_type)
    fine = re.sub(r"[^\w]+", "-", name).strip("-")[:100] + ending
    plain = unicodedata.normalize("NFKD", fine).encode("ascii", "ignore").decode()
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(fine)}"
    )
    return response


def tables(run: Run, format_name: str) -> HttpResponse:
    """Return head, rows and events as JSON, or the rows as CSV."""
    match format_name:
        case "json":
            record = run.recording
            return answer(
                {"head": run.head, "rows": chart_rows(record), "events": events_of(record)}
            )
        case "csv":
            return download(_csv(run), CSV, f"{run.head.scenario_name} {run.head.title}", ".csv")
        case other:
            raise Problem(
                "invalid",
                f"there is no format {other!r:.40}",
                field="format",
                hint="there are: json, csv",
            )


def _csv(run: Run) -> bytes:
    """One line for each half second; the layers are columns named ``calls_`` and the service."""
    rows = chart_rows(run.recording)
    services = list({service: None for row in rows for service in row["layers"]})
    names = [name for name in (rows[0] if rows else ()) if name != "layers"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *(f"calls_{service}" for service in services)])
    for row in rows:
        calls = [row["layers"].get(service) for service in services]
        writer.writerow([*(row[name] for name in names), *calls])
    return text.getvalue().encode()
