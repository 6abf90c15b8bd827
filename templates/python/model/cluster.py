"""XGBoost on several hosts: the first host runs the tracker, every host trains on its own share of the rows.

XGBoost then builds each tree on the sums over all hosts, so every host ends with the same model.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from xgboost import collective
from xgboost.core import XGBoostError

from job import UserError

PORT = 9099
START_SECONDS = 300.0


def address(host: str, seconds: float = START_SECONDS) -> str:
    """The IP address of a host; waits for its name, because the hosts of a job start one by one."""
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.gethostbyname(host)
        except OSError:
            if time.monotonic() > end:
                raise UserError(
                    f"host {host!r} of this training job was not found within {seconds:g} s"
                ) from None
            time.sleep(1)


@contextmanager
def joined(hosts: list[str], host: str) -> Iterator[None]:
    """Connect this process with those of the other hosts; with one host there is nothing to do."""
    if len(hosts) == 1:
        yield
        return
    from xgboost.tracker import RabitTracker

    uri = address(hosts[0])
    tracker = None
    if host == hosts[0]:
        tracker = RabitTracker(n_workers=len(hosts), host_ip=uri, port=PORT, sortby="task")
        tracker.start()
    connect(uri, str(hosts.index(host)))
    try:
        yield
    finally:
        collective.finalize()
        if tracker is not None:
            tracker.wait_for(timeout=60)


def connect(uri: str, task: str, seconds: float = START_SECONDS) -> None:
    """Join the group of the tracker at `uri`; the tracker may start later than the other hosts."""
    end = time.monotonic() + seconds
    while True:
        try:
            collective.init(
                dmlc_tracker_uri=uri,
                dmlc_tracker_port=PORT,
                dmlc_task_id=task,
                dmlc_timeout=int(START_SECONDS),
            )
            return
        except XGBoostError as error:
            if time.monotonic() > end:
                raise UserError(
                    f"the tracker at {uri}:{PORT} did not answer within {seconds:g} s: {error}"
                ) from None
            time.sleep(1)
