"""What scenes of a monitored delivery have in common: versions with baselines, hours that pass, what runs find."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.s3.models import s3_backends

from baselines import Baseline, baseline
from facts import Environment, Group
from fronted import approved, measured
from golden_rows import Evaluated
from journey import Journey, expect, repository_files
from moto_client import raw_client
from processing import objects
from traffic import usual
from world import short

HOUR = timedelta(hours=1)
TRAINED_ON = 4000
Run = dict[str, Any]


def described(j: Journey) -> Baseline:
    """The baselines of every version here: the model is right in nine of ten cases."""
    if j.baseline is None:
        rows = usual(TRAINED_ON, seed=1)
        labels = [number % 2 for number in range(TRAINED_ON)]
        predicted = [1 - label if number % 10 == 0 else label for number, label in enumerate(labels)]
        j.baseline = baseline(rows, labels, predicted, j.world.settings.work / "baseline")
    return j.baseline


def registered(j: Journey, group: Group, commit: str, **metadata: str) -> str:
    """The pipeline registers a version of a commit."""
    number = len(j.packages[group.name]) + 1
    plain = measured(number / 100, gaps=True)
    j.world.measured = Evaluated(plain.rows, plain.answer, plain.schema, described(j))
    j.world.metadata = metadata
    package = j.world.register(j.registry(group), group.role, j.artifact(group), commit)
    j.world.metadata = {}
    j.packages[group.name].append(package)
    j.world.sagemaker.answers[package] = plain.answer
    return package


def live(j: Journey, group: Group) -> tuple[str, str]:
    """The version that is live everywhere, with its commit; a first one is built, registered and released where there
    is none."""
    found = set(j.live(group).values())
    if found == {None}:
        repository = group.tooling.arn("codecommit", j.facts.repository)
        commit = j.world.push(repository, group.branch, repository_files())
        package = registered(j, group, commit)
        j.succeed(approved(j, group, package))
        j.expect_live(group, **j.everywhere(group, package))
        j.commits[package] = commit
        found = {package}
    expect(len(found) == 1, f"not one version is live: {found}")
    package = str(found.pop())
    return package, j.commits[package]


def next_hour(j: Journey) -> datetime:
    """An hour in which nothing was asked yet, after everything that was deployed."""
    j.hour += HOUR
    return j.hour


def came(environment: Environment, bucket: str, prefix: str, at: datetime) -> None:
    """What lies below a prefix came at a moment; moto has it from the clock of this machine."""
    backend = s3_backends[environment.place.account]["aws"]
    for key in objects(environment.place, bucket, prefix):
        backend.buckets[bucket].keys[key].last_modified = at


@dataclass(frozen=True)
class Passed:
    """What an hour has brought."""

    runs: list[Run]
    firing: list[str]
    """Alarms of the environment's account that fire by then."""
    told: list[str]
    """Messages to people."""

    def of(self, kind: str) -> Run:
        """The only run of a monitor."""
        found = [run for run in self.runs if run["kind"] == kind]
        expect(len(found) == 1, f"{len(found)} runs of {kind}: {found}")
        return found[0]


def hour_passed(j: Journey, environment: Environment, hour: datetime) -> Passed:
    """The hour is over: its schedules start what is due in the one after it, and alarms are looked at."""
    watching, place = j.world.watching, environment.place
    before = set(objects(place, environment.watched.bucket, "results/runs/"))
    messages = len(j.world.events.messages)
    for moment, schedule in watching.scheduler.between(hour + HOUR, hour + 2 * HOUR):
        if schedule.place == place:
            watching.scheduler.fire(schedule, moment)
            j.world.settle()
    j.world.fronts.clock.advance(3600)
    firing = watching.alarms.look(place)
    j.world.settle()
    expect(not watching.scheduler.undelivered, f"{watching.scheduler.undelivered}")
    new = [key for key in objects(place, environment.watched.bucket, "results/runs/") if key not in before]
    runs = [json.loads(content(environment, environment.watched.bucket, key)) for key in new]
    return Passed(runs, firing, [text for _, text in j.world.events.messages[messages:]])


def content(environment: Environment, bucket: str, key: str) -> bytes:
    """An object, as somebody reads it who may read everything."""
    body: bytes = raw_client("s3", environment.place).get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def table(environment: Environment, name: str, hour: datetime) -> list[dict[str, Any]]:
    """The rows of an hour in a table, read as Athena reads them."""
    import pyarrow.parquet as parquet

    folder = f"{name}/year={hour:%Y}/month={hour:%m}/day={hour:%d}/hour={hour:%H}/"
    bucket = environment.watched.bucket
    found = [key for key in objects(environment.place, bucket, folder) if key.endswith(".parquet")]
    return [
        row for key in found for row in parquet.read_table(io.BytesIO(content(environment, bucket, key))).to_pylist()
    ]


def is_watched_with(j: Journey, environment: Environment, package: str) -> None:
    """The environment has the baselines of a version as they were registered, and a record of its deployment."""
    bucket, place = environment.watched.deployment, environment.place
    group, version = package.rsplit("/", 2)[-2:]
    folder = f"baselines/{group}/{version}/"
    known = {key.removeprefix(folder) for key in objects(place, bucket, folder)}
    for name, wanted in described(j).files.items():
        expect(name in known, f"{environment.name} has no {name} of {short(package)}: {sorted(known)}")
        expect(content(environment, bucket, folder + name) == wanted, f"{name} in {environment.name} is another one")
    expect({"schema.json", "baseline.json"} <= known, f"{environment.name} has only {sorted(known)}")
    records = [json.loads(content(environment, bucket, key)) for key in objects(place, bucket, "deployments/")]
    expect(
        any(record["package"] == package and record["from"] <= record["proven"] for record in records),
        f"no record says since when {environment.name} serves {short(package)}: {records}",
    )


def builds(j: Journey, group: Group) -> list[Any]:
    """Executions of the group's build pipeline."""
    return j.world.pipelines.of(group.build_pipeline)


def measured_values(j: Journey, environment: Environment, monitor: str, name: str) -> list[float]:
    """What a monitor has measured."""
    return j.world.watching.alarms.measured(environment.place, environment.watched.namespace, monitor, name)


def only(environments: Sequence[Environment], source: str) -> Environment:
    """The environment with a source of rows."""
    [found] = [e for e in environments if e.monitoring and e.monitoring.source == source]
    return found
