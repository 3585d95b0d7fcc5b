"""How things are measured: a clock, and the memory of this process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import psutil


def seconds(work: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def repeated(work: Callable[[], Any], times: int) -> list[float]:
    """Return how long each of several calls takes; what it returns is dropped in between."""
    taken = []
    for _ in range(times):
        gc.collect()
        taken.append(seconds(work))
    return taken


def resident_mb() -> float:
    """Return the memory of this process in MB."""
    return float(psutil.Process().memory_info().rss) / 1e6
