"""The site's own settings, with a data folder of this test run only."""

import atexit
import os
import shutil
import tempfile

os.environ["FAULTLINE_DATA"] = tempfile.mkdtemp(prefix="faultline-test-")
atexit.register(shutil.rmtree, os.environ["FAULTLINE_DATA"], ignore_errors=True)

from lab.settings import *  # noqa: E402, F403 - the folder must be named before they are read
