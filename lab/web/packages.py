"""Finds, in node_modules, the very files of the npm packages that a page loads.

A browser cannot resolve ``import {h} from "preact"``; the import map does that for it. What each
package offers to browsers is read from its own ``package.json``: ``exports`` (Node's conditional
exports), else ``module``.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from lab.web.bad_start import BadStart

MODULES = (
    "@dagrejs/dagre",
    "@preact/signals",
    "@preact/signals-core",
    "htm",
    "preact",
    "preact/hooks",
    "uplot",
)
"""What our modules, and these packages themselves, import by bare name."""

STYLES = ("uplot/dist/uPlot.min.css",)

_CONDITIONS = frozenset({"browser", "import", "default"})


@cache
def entries(node_modules: Path) -> dict[str, str]:
    """Map each bare name to its file, relative to ``node_modules``. Raises BadStart."""
    return {name: _entry(node_modules, name) for name in MODULES}


def files(node_modules: Path) -> list[str]:
    """Return every file that pages may load, relative to ``node_modules``. Raises BadStart."""
    return sorted({*entries(node_modules).values(), *STYLES})


def _entry(node_modules: Path, name: str) -> str:
    depth = 2 if name.startswith("@") else 1
    parts = name.split("/")
    package, subpath = "/".join(parts[:depth]), "/".join([".", *parts[depth:]])
    try:
        description = json.loads((node_modules / package / "package.json").read_text())
    except FileNotFoundError:
        raise BadStart(
            f"the front-end package {package} is not in {node_modules}: "
            "run `npm ci`, or start with `make lab`, which does it."
        ) from None
    exports = description.get("exports", {}).get(subpath) or description.get("module")
    file = _target(exports)
    if file is None:
        raise BadStart(f"{package} offers no ES module as {subpath!r}: pin a version that does.")
    return f"{package}/{file.removeprefix('./')}"


def _target(exports: Any) -> str | None:
    """Choose the first matching condition, in the package's own order, as Node and bundlers do."""
    if isinstance(exports, str):
        return exports
    for condition, target in (exports or {}).items():
        if condition in _CONDITIONS and (found := _target(target)) is not None:
            return found
    return None
