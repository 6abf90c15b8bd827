"""
Hands records of predictions to a delivery stream, beside the requests.

No request fails or waits because of it: a thread makes the records and empties a bounded buffer. What cannot
be handed over is tried again with the next requests; what is dropped in the end is counted. What waits
when Lambda ends the environment is lost, and nobody counts it.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RECORDS, BYTES = 500, 4 * 1024 * 1024
"""Of one call (Firehose API reference, PutRecordBatch)."""

RECORD_BYTES = 1000 * 1024
"""Of one record, before base64 (the same)."""

BUFFER_RECORDS, BUFFER_BYTES = 100_000, 16 * 1024 * 1024
"""Records that wait, and what they take; those that are still to be made count as records alone."""

TRIES = 8
"""How often a record is handed over before it is dropped, at most one time for each request."""

WAIT_SECONDS = 0.03
"""How long a request waits for its records, so that most are gone before the environment is frozen."""


Make = Callable[[], Sequence[Mapping[str, Any]]]

FULL = "the buffer is full"

TOO_LARGE = f"a record has at most {RECORD_BYTES} bytes"


@dataclass
class _Waiting:
    """A record with the number of times that it was handed over in vain."""

    data: bytes
    tries: int = 0


class Stream:
    """The buffer in front of a delivery stream; one thread at most makes records and talks to it."""

    def __init__(self, firehose: Any, name: str, dropped: Callable[[int, str], None]) -> None:
        self._firehose, self._name, self._dropped = firehose, name, dropped
        self._lock = threading.Lock()
        self._later: deque[tuple[Make, int]] = deque()
        self._waiting: deque[_Waiting] = deque()
        self._rows, self._size = 0, 0
        self._idle = threading.Event()
        self._idle.set()

    def keep(self, make: Make, rows: int) -> None:
        """Takes the records of some rows, which are made later; returns at once."""
        lost = 0
        with self._lock:
            self._later.append((make, rows))
            self._rows += rows
            while self._rows > BUFFER_RECORDS:
                _, oldest = self._later.popleft()
                self._rows -= oldest
                lost += oldest
        if lost:
            self._dropped(lost, FULL)

    def flush(self, seconds: float = WAIT_SECONDS) -> bool:
        """Makes and sends what waits, and waits a moment for it; whether all is handed over."""
        self._start()
        self._idle.wait(seconds)
        with self._lock:
            return self._idle.is_set() and not self._waiting and not self._later

    def _start(self) -> None:
        with self._lock:
            if not (self._waiting or self._later) or not self._idle.is_set():
                return
            self._idle.clear()
        try:
            threading.Thread(target=self._run, daemon=True, name="predictions").start()
        except RuntimeError:  # no thread can be started: the next request tries
            self._idle.set()

    def _run(self) -> None:
        """Works until nothing waits, or something stays behind."""
        is_idle = False
        try:
            while not is_idle:
                if batch := self._batch():
                    if not self._hand_over(batch):
                        return
                else:
                    is_idle = not self._make()
        finally:
            if not is_idle:
                self._idle.set()

    def _make(self) -> bool:
        """Makes the records of a request; whether there was one. If not, the next thread may start."""
        with self._lock:
            if not self._later:
                self._idle.set()
                return False
            make, rows = self._later.popleft()
            self._rows -= rows
        try:
            lines = [_line(record) for record in make()]
        except Exception as error:
            self._dropped(rows, _kind(error))
            return True
        fitting = [_Waiting(line) for line in lines if len(line) <= RECORD_BYTES]
        lost = self._add(fitting)
        if len(fitting) < len(lines):
            self._dropped(len(lines) - len(fitting), TOO_LARGE)
        if lost:
            self._dropped(lost, FULL)
        return True

    def _hand_over(self, batch: list[_Waiting]) -> bool:
        """Whether all of it was taken; what was not waits again."""
        try:
            answer = self._firehose.put_record_batch(
                DeliveryStreamName=self._name, Records=[{"Data": record.data} for record in batch]
            )
            outcomes = [outcome.get("ErrorCode") for outcome in answer["RequestResponses"]]
            failed = [record for record, code in zip(batch, outcomes, strict=True) if code]
            why = next((str(code) for code in outcomes if code), "")
        except Exception as error:  # whatever it is, the request that it belongs to was answered
            failed, why = batch, _kind(error)
        for record in failed:
            record.tries += 1
        given_up = [record for record in failed if record.tries >= TRIES]
        lost = self._add([record for record in failed if record.tries < TRIES], again=True)
        if given_up or lost:
            self._dropped(len(given_up) + lost, why)
        return not failed

    def _batch(self) -> list[_Waiting]:
        """As many records as one call takes."""
        batch: list[_Waiting] = []
        size = 0
        with self._lock:
            while self._waiting and len(batch) < RECORDS:
                if size + len(self._waiting[0].data) > BYTES:
                    break
                record = self._waiting.popleft()
                batch.append(record)
                size += len(record.data)
            self._size -= size
        return batch

    def _add(self, records: list[_Waiting], *, again: bool = False) -> int:
        """Puts records at the end, or back at the front; drops the oldest of too many, and says how many."""
        lost = 0
        with self._lock:
            if again:
                self._waiting.extendleft(reversed(records))
            else:
                self._waiting.extend(records)
            self._size += sum(len(record.data) for record in records)
            while len(self._waiting) > BUFFER_RECORDS or self._size > BUFFER_BYTES:
                self._size -= len(self._waiting.popleft().data)
                lost += 1
        return lost


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _kind(error: Exception) -> str:
    """An error by its code or kind; its words may hold a record."""
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code or type(error).__name__)
