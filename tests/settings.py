"""The site's own settings, with a data folder of this test run only."""

import atexit
import os
import shutil
import tempfile

DATA_FOLDER = tempfile.mkdtemp(prefix="faultline-test-")
atexit.register(shutil.rmtree, DATA_FOLDER, ignore_errors=True)
os.environ["FAULTLINE_DATA"] = DATA_FOLDER

from lab.settings import *  # noqa: E402, F403 - the folder must be named before they are read
