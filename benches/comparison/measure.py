"""Whole processes, measured from the outside."""

import os
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Run:
    """One process that has ended: seconds on the clock, and seconds of work by all processors."""

    seconds: float
    work: float


@dataclass
class Program:
    """A program with its own home folder."""

    name: str
    path: str
    home: Path
    environment: dict = field(default_factory=dict)

    def run(self, *arguments, folder, answers=None, extra=None, ok=(0,)):
        """Runs a command to its end; its stdin is `answers` (a file), its output is thrown away."""
        os.chdir(folder)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", **(extra or {})}
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, str(answers or os.devnull), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(self.complaints), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        ]
        started = time.perf_counter()
        child = os.posix_spawn(self.path, [self.path, *map(str, arguments)], environment, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) not in ok:
            raise SystemExit(f"{self.name} {' '.join(map(str, arguments))[:80]} failed: {self.complaints.read_text()[-500:]}")
        return Run(seconds, usage.ru_utime + usage.ru_stime)

    @property
    def complaints(self):
        return self.home / "stderr"


def side_by_side(rounds, **measured):
    """Calls each of `measured` once in every round, and returns the runs of each."""
    runs = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            runs[name].append(measure())
    return runs


def median(runs):
    return statistics.median(run.seconds for run in runs)


def least_work(runs):
    return min(run.work for run in runs)


def shown(seconds):
    """A time for people."""
    if seconds < 0.0001:
        return f"{seconds * 1e6:.1f} us"
    if seconds < 0.1:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s"
