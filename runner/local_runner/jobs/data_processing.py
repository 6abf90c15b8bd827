"""DataProcessing of a transform: what of a record is sent, and what is written beside its answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from ..arguments import check, choice
from ..errors import DefinitionError, StepError
from .json_path import JsonPath

_FORMATS = {"text/csv": "csv", "application/json": "json", "application/jsonlines": "lines"}
OUTPUT, INPUT = "SageMakerOutput", "SageMakerInput"


class DataProcessing:
    """Filters the records of request bodies, and joins and filters the answers."""

    def __init__(self, arguments: Mapping[str, Any], place: str, default_accept: str = "") -> None:
        """`default_accept` is what the model answers without being asked; before a run it is not known."""
        place = f"{place}.DataProcessing"
        settings = check(
            arguments.get("DataProcessing") or {}, place, {"InputFilter", "OutputFilter", "JoinSource"}
        )
        self._input = JsonPath(settings.get("InputFilter") or "$", f"{place}.InputFilter")
        self._output = JsonPath(settings.get("OutputFilter") or "$", f"{place}.OutputFilter")
        self._join = choice(settings, "JoinSource", ("None", "Input"), "None", place) == "Input"
        self.active = self._join or not (self._input.everything and self._output.everything)
        self._place = place
        content = str(arguments["TransformInput"].get("ContentType") or "")
        accept = str(arguments["TransformOutput"].get("Accept") or default_accept or content)
        self._read, self._write = (_FORMATS.get(kind.partition(";")[0].strip()) for kind in (content, accept))
        if self.active and (self._read is None or self._write is None):
            raise DefinitionError(
                place, f"filters and joins work on {', '.join(_FORMATS)}, not on {content!r} and {accept!r}"
            )
        if self._join and self._read != self._write:
            raise DefinitionError(
                f"{place}.JoinSource",
                f"input ({content}) and output ({accept}) must be of one format:"
                " TransformOutput.Accept names it",
            )

    def request(self, body: bytes) -> bytes:
        """Return what of a request body is sent to the model."""
        if self._input.everything:
            return body
        return self._text(
            [self._input.select(record) for record in self._records(body, self._read)], self._read
        )

    def result(self, body: bytes, answer: bytes) -> bytes:
        """Return what is written for the answer to a body."""
        if not self._join and self._output.everything:
            return answer
        answers = self._records(answer, self._write)
        if self._join:
            records = self._records(body, self._read)
            if len(records) != len(answers):
                raise StepError(
                    f"{self._place}.JoinSource: the model gave {len(answers)} answers to"
                    f" {len(records)} records; a join needs one for each."
                )
            answers = [self._joined(*pair) for pair in zip(records, answers, strict=True)]
        return self._text([self._output.select(record) for record in answers], self._write)

    def _joined(self, record: Any, answer: Any) -> Any:
        if self._read == "csv":
            return [*record, *answer]
        return {**record, OUTPUT: answer} if isinstance(record, dict) else {INPUT: record, OUTPUT: answer}

    def _records(self, data: bytes, kind: str | None) -> list[Any]:
        try:
            text = data.decode("utf-8-sig")
            if kind == "csv":
                return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
            if kind == "lines":
                return [json.loads(line) for line in text.splitlines() if line.strip()]
            return [json.loads(text)]
        except (ValueError, csv.Error) as error:
            raise StepError(f"{self._place}: a record cannot be read as {kind}: {error}.") from None

    def _text(self, records: list[Any], kind: str | None) -> bytes:
        if kind != "csv":
            return ("\n".join(json.dumps(record) for record in records) + "\n").encode()
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            record if isinstance(record, list) else [record] for record in records
        )
        return out.getvalue().encode()
