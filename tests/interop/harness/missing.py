"""Says what a suite lacks, so that it can be skipped with a reason."""

import os
import unittest

from . import settings


def require(*programs: str) -> None:
    """Skips the running test class unless every program or library is there."""
    for program in programs:
        if not os.path.exists(program):
            hint = "build it" if program.startswith(str(settings.BUILD)) else "install tests/packages.txt"
            raise unittest.SkipTest(f"{program} is not there: {hint}")
