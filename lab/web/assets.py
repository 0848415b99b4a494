"""Static files: where they are found, and the names under which browsers may keep them for good.

::

    static/            ─ PageFinder ────┐
    node_modules/ ───── PackageFinder ──┴─▶ HashedModules ─▶ <data folder>/static/js/page.4f1c….js
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, FileSystemFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

from lab.web import packages

PACKAGES_PREFIX = "packages"
"""Where the files of npm packages are, under STATIC_URL."""

_OURS_TO_WORK_WITH = ("biome.json", "jsconfig.json", "*.d.ts", "README.md", ".*")


class PageFinder(FileSystemFinder):
    """Finds what is in ``static/`` for browsers, leaving out what is there for our tools."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield (path, storage) of each file."""
        yield from super().list([*(ignore_patterns or ()), *_OURS_TO_WORK_WITH])


class PackageFinder(BaseFinder):
    """Finds exactly those files of npm packages that pages load, never all of node_modules."""

    def __init__(self, *_: object, **__: object) -> None:
        self.folder = Path(settings.NODE_MODULES)
        self.storage = FileSystemStorage(location=self.folder)
        self.storage.prefix = PACKAGES_PREFIX  # type: ignore[attr-defined] # collectstatic's

    def check(self, **_: object) -> list[Any]:
        """Nothing to configure, so nothing to check."""
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield (path, storage) of each file. Raises BadStart without the packages."""
        for file in packages.files(self.folder):
            yield file, self.storage

    def find(self, path: str, find_all: bool = False, **_: object) -> Any:
        """Return the file's place on disk, where ``path`` is under ``packages/`` and allowed."""
        prefix, _slash, file = path.partition("/")
        if prefix != PACKAGES_PREFIX or file not in packages.files(self.folder):
            return []
        found = str(self.folder / file)
        return [found] if find_all else found


_STRING_OR_COMMENT = re.compile(
    r"""
    "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`
    | (?P<comment> //[^\n]* | /\*.*?\*/ )
    """,
    re.DOTALL | re.VERBOSE,
)


class HashedModules(ManifestStaticFilesStorage):
    """Names every file by its content, and rewrites the imports between ES modules to match.

    Django finds imports by pattern, also in comments, where JSDoc's types live
    (``import("./types.js").State``): those may form cycles, which no order of hashing can resolve,
    and mean nothing to a browser, so they stay as they are. So do bare names, which belong to the
    import map, and source maps of packages, which are not shipped.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 30  # one for each level of the tree of modules
    patterns = tuple(
        (extension, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for extension, rules in ManifestStaticFilesStorage.patterns
    )

    def url_converter(  # type: ignore[override] # the stubs are Django 6's
        self, name: str, hashed_files: dict[str, Any], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Return the function that rewrites one matched URL in the file ``name``."""
        convert = super().url_converter(name, hashed_files, template)
        if not name.endswith(".js"):
            return convert
        comments_of = cache(_comments)

        def converter(match: re.Match[str]) -> str:
            is_bare = not match["url"].startswith((".", "/"))
            at = match.start("url")
            if is_bare or any(start <= at < end for start, end in comments_of(match.string)):
                return match["matched"]
            return convert(match)

        return converter


def _comments(script: str) -> list[tuple[int, int]]:
    """Return where the comments of ``script`` begin and end."""
    return [found.span() for found in _STRING_OR_COMMENT.finditer(script) if found["comment"]]
