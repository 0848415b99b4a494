"""The locks name packages by version and hash, never where to fetch them."""

import json
import re
from pathlib import Path

import pytest

from tests.house.sites import ROOT

PYTHON_LOCKS = (
    "requirements.txt",
    ".ci/requirements-test.txt",
    ".ci/requirements-node.txt",
)


def requirements(lock: str) -> list[str]:
    """Each requirement of a lock as one line."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("lock", [*PYTHON_LOCKS, "package-lock.json", ".npmrc", "package.json"])
def test_no_lock_holds_an_address_of_packages(lock: str) -> None:
    text = (ROOT / lock).read_text()
    if lock == "package-lock.json":  # where to thank an author is no place to fetch from
        text = re.sub(r'"url": "https://[^"]+"', "", text)

    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|\bregistry=", text) == []


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_python_package_is_pinned_with_hashes(lock: str) -> None:
    pinned = re.compile(r"[a-z0-9-]+==[^ ]+ (; .+ )?( *--hash=sha256:[0-9a-f]{64})+ *")

    assert requirements(lock)
    assert [line for line in requirements(lock) if not pinned.fullmatch(line)] == []


def test_every_npm_package_is_pinned_with_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    loose = [
        name
        for name, package in packages.items()
        if name and not package.get("integrity", "").startswith("sha512-")
    ]

    assert loose == []


def test_what_pyproject_asks_for_is_what_the_locks_hold() -> None:
    asked = set(
        re.findall(r'"([a-z][a-z0-9.-]*)(?:\[\w+\])?==([^;"]+)', Path("pyproject.toml").read_text())
    )
    held = {
        tuple(line.split(" ")[0].split("=="))
        for lock in PYTHON_LOCKS
        for line in requirements(lock)
    }

    assert {(name.replace(".", "-"), version) for name, version in asked if name != "uv"} <= held


def test_every_npm_package_for_one_platform_is_locked_for_all() -> None:
    """An npm that sees node_modules may lock the present platform only; others then refuse it."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = {
        f"node_modules/{name}"
        for package in packages.values()
        for name in package.get("optionalDependencies", {})
    }

    assert wanted
    assert wanted - set(packages) == set()
