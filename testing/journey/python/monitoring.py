"""The scenes of a monitored delivery: what monitors find in rows that pass by, whom they tell, and what is trained
again."""

from __future__ import annotations

import json

from facts import Group
from journey import Journey, Scene, expect
from moto_client import described as package_of
from moto_client import raw_client
from traffic import asked, broken, logged, older, usual
from watched import (
    HOUR,
    builds,
    came,
    hour_passed,
    is_watched_with,
    live,
    measured_values,
    next_hour,
    only,
    registered,
    table,
)
from world import short

ROWS = 1000


def as_trained(j: Journey, group: Group) -> None:
    """A version with baselines is live; an hour like those of its training is kept in the table and found fine."""
    package, _ = live(j, group)
    staging = only(group.environments, "capture")
    for environment in group.environments:
        is_watched_with(j, environment, package)
    hour, rows, started = next_hour(j), usual(ROWS, seed=2), len(builds(j, group))
    asked(j, staging, hour, rows)
    passed = hour_passed(j, staging, hour)
    run = passed.of("data-quality")
    expect(run["outcome"] == "fine", f"rows as in training are found to be {run['outcome']}: {run['violations']}")
    expect((run["rows"], run["package"]) == (ROWS, package), f"the run is about {run['rows']} rows of {run['package']}")
    kept = table(staging, "predictions", hour)
    expect(len(kept) == ROWS, f"{len(kept)} of {ROWS} rows are in the table")
    ages = sorted(float(dict(row["features"])["age"]) for row in kept)
    expect(ages == sorted(row["age"] for row in rows), "the rows in the table are not those that were asked")
    expect({row["version"] for row in kept} == {int(package.rsplit("/", 1)[1])}, "rows are of another version")
    expect(not passed.firing, f"{passed.firing} fire, and nothing was found")
    expect(not passed.told, f"people are told of nothing: {passed.told}")
    expect(len(builds(j, group)) == started, "a model is trained again for nothing")


def again(j: Journey, group: Group) -> None:
    """The tables of an hour are filled a second time: no row is lost, and none is there twice."""
    live(j, group)
    staging = only(group.environments, "capture")
    hour = next_hour(j)
    asked(j, staging, hour, usual(ROWS, seed=3))
    hour_passed(j, staging, hour)
    hour_passed(j, staging, hour)
    kept = table(staging, "predictions", hour)
    expect(len(kept) == ROWS, f"{len(kept)} rows are in the table after two runs, {ROWS} were asked")


def drifts(j: Journey, group: Group) -> None:
    """Callers become older: a violation, an alarm, and the model is trained again from the live commit, with the reason
    in execution and package; within the cool-down another drift starts nothing, and people are told once."""
    package, commit = live(j, group)
    staging = only(group.environments, "capture")
    hour, started = next_hour(j), len(builds(j, group))
    asked(j, staging, hour, older(usual(ROWS, seed=4)))
    passed = hour_passed(j, staging, hour)
    run = passed.of("data-quality")
    expect(
        (run["outcome"], run["reason"], run["retrain"]) == ("violations", "drift", True),
        f"a drift is found to be {run['outcome']}, reason {run['reason']}, retrain {run['retrain']}",
    )
    expect(run["violations"][0]["feature"] == "age", f"the violation is of {run['violations'][0]}")
    distance = measured_values(j, staging, "data-quality", "feature_baseline_drift_age")[-1]
    expect(0.2 < distance < 0.6, f"the distance of age is measured as {distance}")
    expect(bool(passed.firing), "no alarm fires")
    expect(any("age" in text and staging.name in text for text in passed.told), f"people are told {passed.told}")
    expect(
        len(builds(j, group)) == started + 1, f"a drift starts {len(builds(j, group)) - started} builds{j.why_not()}"
    )
    build = builds(j, group)[-1]
    reason = build.variables.get("RetrainingReason", "")
    expect("drift" in reason and staging.name in reason, f"the build is started with the reason {reason!r}")
    expect(set(build.revisions.values()) == {commit}, f"{build.revisions} is built, {commit} is live")
    j.succeed(build)
    expect(reason in build.log, f"the build does not know its reason: {build.log[-300:]}")
    new = registered(j, group, commit, RetrainingReason=reason)
    noted = package_of(new)["CustomerMetadataProperties"]["RetrainingReason"]
    expect(noted == reason, f"{short(new)} is registered with {noted}")
    expect(j.status_of(new) == "PendingManualApproval", f"{short(new)} is {j.status_of(new)}; nobody has approved it")
    j.expect_live(group, **j.everywhere(group, package))
    held(j, group, started + 1)


def held(j: Journey, group: Group, started: int) -> None:
    """Two hours more with the same drift."""
    staging = only(group.environments, "capture")
    told: list[str] = []
    for seed in (5, 6):
        hour = next_hour(j)
        asked(j, staging, hour, older(usual(ROWS, seed=seed)))
        passed = hour_passed(j, staging, hour)
        expect(passed.of("data-quality")["retrain"] is True, "the drift is found no more")
        told += [text for text in passed.told if "Retraining held back" in text]
    expect(
        len(builds(j, group)) == started, f"{len(builds(j, group)) - started} builds more start within the cool-down"
    )
    expect(len(told) == 1, f"people are told {len(told)} times that a retraining is held back: {told}")


def breaks(j: Journey, group: Group) -> None:
    """A caller's program loses a column and counts years in months: the data is broken, people are told, and nothing is
    trained again however far the distribution has moved."""
    live(j, group)
    staging = only(group.environments, "capture")
    hour, started = next_hour(j), len(builds(j, group))
    asked(j, staging, hour, broken(usual(ROWS, seed=7)))
    passed = hour_passed(j, staging, hour)
    run = passed.of("data-quality")
    expect((run["outcome"], run["retrain"]) == ("broken", False), f"broken data is found to be {run['outcome']}: {run}")
    expect(measured_values(j, staging, "data-quality", "broken")[-1] == 1, "no metric says that the data is broken")
    expect(bool(passed.firing), "no alarm fires")
    expect(any("visits" in text for text in passed.told), f"people are told {passed.told}")
    expect(len(builds(j, group)) == started, "a model is trained again with broken data")


def truth_comes(j: Journey, group: Group) -> None:
    """What really happened comes an hour later, by the customer's number: the answers were worse than in the
    evaluation, people are told, and nothing is trained again where only a drift is a reason to."""
    live(j, group)
    prod = only(group.environments, "api")
    hour, started = next_hour(j), len(builds(j, group))
    rows = usual(ROWS, seed=8)
    predicted = [number % 2 for number in range(ROWS)]
    logged(j, prod, hour, rows, predicted)
    early = hour_passed(j, prod, hour)
    expect(not early.firing, f"{early.firing} fire before any label has come")
    # Of five answers two were wrong.
    labels = [{"id": row["customer"], "label": 1 - said if number % 5 < 2 else said}
              for number, (row, said) in enumerate(zip(rows, predicted, strict=True))]  # fmt: skip
    body = "".join(f"{json.dumps(one)}\n" for one in labels)
    bucket, key = prod.watched.bucket, "truth/churned.jsonl"
    raw_client("s3", prod.place).put_object(Bucket=bucket, Key=key, Body=body.encode())
    came(prod, bucket, "truth/", hour + HOUR + HOUR / 4)
    passed = hour_passed(j, prod, hour + HOUR)
    j.hour += HOUR
    kept = table(prod, "predictions", hour)
    known = {row["inference_id"] for row in kept}
    expect(len(known) == len(kept) >= ROWS, f"{len(kept)} rows of {len(known)} requests are in the table")
    for row in kept:
        expect("name" not in dict(row["features"]) and "Ada" not in str(row), f"the table keeps name: {row}")
    expect(len(table(prod, "labels", hour + HOUR)) == ROWS, "not every label is in the table")
    run = passed.of("model-quality")
    expect(run["outcome"] == "violations" and run["reason"] == "quality", f"bad answers are found to be {run}")
    expect(run["retrain"] is False, "quality is no reason to train again here")
    accuracy = measured_values(j, prod, "model-quality", "metric_accuracy")[-1]
    expect(abs(accuracy - 0.6) < 0.01, f"the accuracy is measured as {accuracy}")
    expect(bool(passed.firing), "no alarm fires")
    expect(any("accuracy" in text for text in passed.told), f"people are told {passed.told}")
    expect(len(builds(j, group)) == started, "a model is trained again for a reason that nobody gave")


def tampered(j: Journey, group: Group) -> None:
    """Somebody makes a baseline content with more: the run refuses it and fails, and people are told."""
    package, _ = live(j, group)
    staging = only(group.environments, "capture")
    name, version = package.rsplit("/", 2)[-2:]
    key, bucket = f"baselines/{name}/{version}/constraints.json", staging.watched.deployment
    client = raw_client("s3", staging.place)
    before = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    after = before.replace(b'"comparison_threshold": 0.1', b'"comparison_threshold": 0.9')
    expect(after != before, "the constraints have no threshold")
    client.put_object(Bucket=bucket, Key=key, Body=after)
    hour = next_hour(j)
    asked(j, staging, hour, older(usual(ROWS, seed=9)))
    passed = hour_passed(j, staging, hour)
    client.put_object(Bucket=bucket, Key=key, Body=before)
    expect(not passed.runs or all(r["kind"] != "data-quality" for r in passed.runs), "a changed baseline is believed")
    failed = [f for f in j.world.machines.finished if f.status != "SUCCEEDED"]
    expect(len(failed) == 1, f"{len(failed)} executions fail")
    j.world.machines.finished.remove(failed[0])
    expect(any("FAILED" in text for text in passed.told), f"people are told {passed.told}")


WATCHED: dict[str, Scene] = {
    scene.__name__: scene for scene in (as_trained, again, drifts, breaks, truth_comes, tampered)
}
