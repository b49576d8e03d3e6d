#!/usr/bin/python3
"""Runs the interop suites and ends with a line `N passed, N failed, N skipped`.

usage: run.py [NAME...]   only tests whose full name contains one of the names
Settings: harness/settings.py."""

import importlib
import pathlib
import sys
import time
import unittest

from harness import settings

FOLDER = pathlib.Path(__file__).resolve().parent
LOG_LINES = 15
LOG_COLUMNS = 400


class Report(unittest.TestResult):
    """Quiet while all is well: one line a suite, and what a failure needs."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self._suite = ""
        self._suite_start = 0.0
        self._suite_counts = [0, 0, 0]

    @property
    def failed(self) -> int:
        return len(self.failures) + len(self.errors) + len(self.unexpectedSuccesses)

    def startTest(self, test):
        self._enter(type(test).__name__)
        super().startTest(test)

    def addSuccess(self, test):
        self.passed += 1
        self._suite_counts[0] += 1

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._tell_failure(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._tell_failure(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            kind = self.failures if issubclass(err[0], test.failureException) else self.errors
            self._tell_failure(subtest, kind[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._suite_counts[2] += 1

    def _tell_failure(self, test, trace):
        self._suite_counts[1] += 1
        print(f"\nFAILED {test.id()}\n{trace}", flush=True)
        service = getattr(test, "service", None) or getattr(getattr(test, "test_case", None), "service", None)
        for part in (service.server, service.signer) if service else ():
            if part.process:
                print(f"-- the last lines of {part.process.name}, status {part.process._child.poll()}:")
                print("\n".join(line[:LOG_COLUMNS] for line in part.process.log_text().splitlines()[-LOG_LINES:]), flush=True)

    def _enter(self, suite):
        if suite != self._suite:
            self.leave()
            self._suite, self._suite_start, self._suite_counts = suite, time.monotonic(), [0, 0, 0]

    def leave(self):
        if self._suite:
            passed, failed, skipped = self._suite_counts
            seconds = time.monotonic() - self._suite_start
            print(f"  {self._suite}: {passed} passed, {failed} failed, {skipped} skipped ({seconds:.1f} s)", flush=True)
        self._suite = ""


def suites(names):
    loader = unittest.TestLoader()
    chosen = unittest.TestSuite()
    for path in sorted(FOLDER.glob("test_*.py")):
        for suite in loader.loadTestsFromModule(importlib.import_module(path.stem)):
            tests = [test for test in suite if not names or any(name in test.id() for name in names)]
            if tests:
                chosen.addTest(unittest.TestSuite(tests))
    if loader.errors:
        raise SystemExit("\n".join(loader.errors))
    if not chosen.countTestCases():
        raise SystemExit(f"no test to run: {' '.join(names)} on the pairs {', '.join(settings.PAIRS)}")
    return chosen


def main():
    report = Report()
    suites(sys.argv[1:]).run(report)
    report.leave()
    for test, reason in report.skipped:
        print(f"skipped {test.id()}: {reason}")
    print(f"{report.passed} passed, {report.failed} failed, {len(report.skipped)} skipped")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
