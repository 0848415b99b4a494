"""Runs the tests of the page's pure modules, in Node: ``*.test.js`` beside this file."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.sites import ROOT

HERE = Path(__file__).parent
PATH = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.js")))
def test_a_module_of_the_page_does_what_its_tests_say(name: str) -> None:
    node = shutil.which("node", path=PATH)
    assert node, "Node comes with `.ci/setup test`"
    ran = subprocess.run(
        [node, "--test", "--test-reporter=spec", str(HERE / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
