"""What every room's tests share."""

from pathlib import Path

import pytest
from django.conf import settings

from lab.web.static_files import collect


@pytest.fixture(scope="session")
def static_files() -> Path:
    """The site's static files, collected as for a start; pages cannot be rendered without."""
    collect(settings.STATIC_ROOT)
    return Path(settings.STATIC_ROOT)
