"""A monitor's processing job: fills the tables of an environment, or compares a window with its baseline.

`monitor_job.py KIND --time TIME --execution NAME`; its settings lie beside it, variables say where things
are. It ends with 0 whatever was found; everything else is a failure.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from model_monitor.errors import MonitorError  # noqa: E402

import attribution_run  # noqa: E402
import bias_run  # noqa: E402
import data_quality_run  # noqa: E402
import hours_done  # noqa: E402
import job_metrics  # noqa: E402
import model_quality_run  # noqa: E402
import results  # noqa: E402
import window_rows  # noqa: E402
from baselines import Baseline, Baselines  # noqa: E402
from compaction import Compacted, Compaction  # noqa: E402
from found import NO_BASELINE, NO_ROWS, Of  # noqa: E402
from job_settings import (  # noqa: E402
    API,
    ATTRIBUTION,
    BIAS,
    CAPTURE,
    COMPACTION,
    DATA_QUALITY,
    MODEL_QUALITY,
    MONITORS,
    JobError,
    Settings,
    moment,
)  # fmt: skip
from job_store import Store  # noqa: E402
from labelled import Answer, answers, label  # noqa: E402
from row_layouts import Layouts  # noqa: E402
from row_sources import ApiSource, CaptureSource, Source  # noqa: E402
from scored_source import ScoredSource  # noqa: E402
from version_records import Deployments  # noqa: E402
from window_rows import Rows  # noqa: E402
from windows import before  # noqa: E402

NOTHING: frozenset[str] = frozenset()


class Job:
    """The monitoring of an environment, with the clients of its account."""

    def __init__(self, settings: Settings, place: Path) -> None:
        region, tries = os.environ.get("AWS_REGION"), {"mode": "standard", "max_attempts": 8}
        config = Config(region_name=region, retries=tries, read_timeout=120)
        self._s3, self._cloudwatch = (boto3.client(name, config=config) for name in ("s3", "cloudwatch"))
        self._config = config
        self.settings, self._place = settings, place
        self._store = Store(self._s3, settings.bucket)
        deployed = Store(self._s3, settings.deployment_bucket)
        self._deployments = Deployments.read(deployed, settings.group)
        self._baselines = Baselines(deployed, settings.group, place / "baselines")

    def compact(self, time: str) -> None:
        """Fills the tables."""
        fetcher = Store(self._s3, self.settings.source.bucket)
        job = Compaction(self.settings, self._source(fetcher), fetcher, self._store, self._deployments)
        predictions, labels = job.run(moment(time))
        values = {**_told("predictions", predictions), **(_told("labels", labels) if labels else {})}
        job_metrics.put(self._cloudwatch, self.settings.namespace, COMPACTION, values)

    def _source(self, fetcher: Store) -> Source:
        settings = self.settings
        layouts = Layouts(self._deployments, self._baselines)
        if settings.kind_of_source == API:
            return ApiSource(fetcher, settings, self._deployments)
        if settings.kind_of_source == CAPTURE:
            return CaptureSource(fetcher, settings, self._deployments, layouts)
        inputs = Store(self._s3, settings.inputs.bucket) if settings.inputs else None
        return ScoredSource(fetcher, inputs, settings, self._deployments, layouts)

    def monitor(self, kind: str, time: str, execution: str) -> dict[str, Any]:
        """Compares a window, and writes what was found."""
        monitor, scheduled = self.settings.monitor(kind), moment(time)
        window = before(scheduled, monitor)
        hours_done.require(self._store, window)
        rows = window_rows.read(
            self._store, self.settings, self._deployments, window, int(monitor["maxRows"]), self._place
        )
        main = None if rows.main is None else self._baselines.wanted(rows.main)
        found = [self._of(kind, rows, version, time) for version in sorted(rows.versions, reverse=True)]
        run = results.Run(kind, execution, self.settings, rows, self._deployments.live)
        told = results.word(run, found, main)
        results.write(self._store, run, told, found, main)
        job_metrics.put(self._cloudwatch, self.settings.namespace, kind, results.counts(told, found, main))
        return told

    def _of(self, kind: str, rows: Rows, version: int, time: str) -> Of:
        baseline, count = self._baselines.of(version), rows.versions[version]
        if baseline is None:
            return Of(version, count, NO_BASELINE, "it has no baseline, and was not compared")
        if lacking := baseline.lacks(kind):
            return Of(version, count, NO_BASELINE, f"its baseline has no {lacking}, and it was not compared")
        if kind == DATA_QUALITY:
            return data_quality_run.compare(self.settings, rows, baseline)
        if kind == ATTRIBUTION:
            return self._attribution(rows, baseline)
        keep = bias_run.columns(self.settings) if kind == BIAS else NOTHING
        some = list(answers(rows, version, self.settings.id_column, keep))
        label(self._store, some, rows.window.start, moment(time), self._place)
        if kind == MODEL_QUALITY:
            return model_quality_run.compare(self.settings, some, baseline)
        return bias_run.compare(self.settings, some, baseline)

    def _attribution(self, rows: Rows, baseline: Baseline) -> Of:
        live = self._deployments.live
        if live is not None and live.version != baseline.version:
            words = "it is no longer live, and the endpoint cannot be asked about it"
            return Of(baseline.version, rows.versions[baseline.version], NO_ROWS, words)
        columns = frozenset(attribution_run.layout_of(baseline).columns)
        some: list[Answer] = list(
            answers(rows, baseline.version, self.settings.id_column, columns, attribution_run.ROWS)
        )
        runtime = boto3.client("sagemaker-runtime", config=self._config)
        return attribution_run.compare(self.settings, some, baseline, runtime, self._store)


def _told(what: str, done: Compacted) -> dict[str, float]:
    """Prints what was done, and gives it as metrics."""
    print(f"{what}: {done.added:,} rows added from {done.taken:,} objects, {done.unreadable:,} unreadable")
    for words in done.words:
        print(f"could not be read: {words}")
    return {f"{what}_added": float(done.added), f"{what}_unreadable": float(done.unreadable)}


def main(arguments: Sequence[str] | None = None, variables: Mapping[str, str] = os.environ) -> int:
    """Does what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("kind", choices=(COMPACTION, *MONITORS))
    parser.add_argument(
        "--time", required=True, help="the time that it was scheduled for, as 2026-11-28T10:20:00Z"
    )
    parser.add_argument("--execution", required=True, help="name of the execution that started it")
    asked = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as place:
            job = Job(Settings.read(HERE, variables), Path(place))
            if asked.kind == COMPACTION:
                job.compact(asked.time)
            else:
                print(job.monitor(asked.kind, asked.time, asked.execution)["words"])
    except (JobError, MonitorError) as problem:
        print(f"error: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
