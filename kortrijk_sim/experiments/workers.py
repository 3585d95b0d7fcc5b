"""Who does the work: processes on this machine, or an existing Dask cluster, behind one interface.

Both are a ``concurrent.futures.Executor``: what is submitted may run anywhere, so tasks and answers are pickled.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any, cast

from kortrijk_sim.errors import InputError

WORKERS_MAX = 1_000


def check_workers(workers: int) -> None:
    """Refuse a number of workers that cannot be meant.

    Raises:
        InputError: It is not from 1 to ``WORKERS_MAX``.
    """
    if not 1 <= workers <= WORKERS_MAX:
        raise InputError(f"workers: {workers}; valid: 1 to {WORKERS_MAX}")


@contextlib.contextmanager
def local_workers(workers: int) -> Iterator[Executor]:
    """Give processes of this machine; those still at work when the block is left by an error are ended.

    They start from a clean slate: forked copies would share the threads of the libraries.
    """
    check_workers(workers)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


def _start_worker() -> None:
    """End at once and without a word at Ctrl-C, and when the process that asked is gone."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def dask_workers(address: str) -> Iterator[tuple[Executor, int]]:
    """Give the workers of a running Dask cluster, and how many threads they have together.

    Args:
        address: Of its scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises:
        InputError: Dask is not installed, or nothing answers there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError("--dask: Dask is not installed; valid: pip install 'kortrijk-sim[cluster]'") from error
    try:
        client = cast(Any, Client)(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"--dask: no scheduler answers at '{address}'; valid: such as tcp://host:8786") from error
    with client:
        threads = sum(client.nthreads().values())
        if threads == 0:
            raise InputError(f"--dask: the cluster at '{address}' has no workers; valid: one with workers")
        # A worker that dies has its runs done by another one.
        yield client.get_executor(retries=2, pure=False), threads
