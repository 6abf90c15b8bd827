"""Stages of versions: the moves of the synthesized table, made by the tools, refused where IAM does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import life_cycle
import package_groups
import registry
import rollbacks
import sealer
import smoke_test
from account import GROUP, Account
from aws import Aws
from fakes import before_calls, service_error, validate
from smoke_runs import GOOD
from targets import Environment, Move, Refused, Targets

Moves = dict[str, dict[str, Any]]


@pytest.fixture
def table(assemblies: Path) -> dict[str, Moves]:
    """The moves of each environment as the synth of the governed delivery wrote them."""
    written = [json.loads(p.read_text()) for p in (assemblies / "gxp").glob("asset.*/targets.json")]
    [main] = [t for t in written if t["group"] == "main"]
    return {e["name"]: e["moves"] for e in main["environments"]}


class Registry:
    """A registry with stages, which moto lacks; it takes the moves that the policies allow, and no other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, environments: tuple[Environment, ...]) -> None:
        self.stages: dict[str, dict[str, str]] = {}
        self.logged: set[str] = set()
        self.updates = 0
        self.broken = False
        self._legal = {(m.start, m.to, m.status) for e in environments for m in e.moves.values()}
        before_calls(monkeypatch, "sagemaker", self._answer)

    def _answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateModelPackage" and "ModelLifeCycle" in arguments:
            validate(client, operation, arguments)
            arn, to = arguments["ModelPackageArn"], arguments["ModelLifeCycle"]
            move = (self.stage(arn), to["Stage"], to["StageStatus"])
            if self.broken or move not in self._legal:
                raise service_error(operation, "AccessDeniedException", f"no policy allows {move}")
            self.updates += 1
            self.stages[arn] = to
            return {"ModelPackageArn": arn}
        found = real(client, operation, arguments)
        if operation == "DescribeModelPackage":
            arn = found["ModelPackageArn"]
            if arn in self.stages:
                found["ModelLifeCycle"] = self.stages[arn]
            if arn in self.logged:
                found["ModelPackageRegistrationType"] = "Logged"
        if operation == "ListModelPackages":
            for summary in found["ModelPackageSummaryList"]:
                if summary["ModelPackageArn"] in self.logged:
                    summary["ModelPackageRegistrationType"] = "Logged"
        return found

    def stage(self, arn: str) -> str | None:
        return self.stages.get(arn, {}).get("Stage")


class World:
    def __init__(
        self, account: Account, targets_file: Path, table: dict[str, Moves], patch: pytest.MonkeyPatch
    ) -> None:
        self.account, self.aws = account, Aws()
        plain = self.aws.targets(targets_file)
        self.targets: Targets = replace(
            plain,
            environments=tuple(
                replace(
                    e,
                    stage_role=f"arn:aws:iam::123456789012:role/churn-main-to-{e.name}",
                    moves={name: Move.read(move) for name, move in table[e.name].items()},
                )
                for e in plain.environments
            ),
        )
        self.registry = Registry(patch, self.targets.environments)

    def version(self, stage: str | None) -> str:
        arn = self.account.register("Approved")
        if stage:
            self.registry.stages[arn] = {"Stage": stage, "StageStatus": "InProgress"}
        return arn

    def proven(self, environment: str, arn: str, replaced: str | None = None) -> str:
        target = self.targets.environment(environment)
        return life_cycle.move_on(self.aws, self.targets, target, arn, replaced)

    def returned(self, environment: str, arn: str) -> None:
        life_cycle.move_back(self.aws, self.targets, self.targets.environment(environment), arn)

    def refuse_skipping(self, environment: str, arn: str) -> None:
        package = registry.describe(self.aws.registry(self.targets), arn, self.targets.registry)
        life_cycle.refuse_skipping(self.targets.environment(environment), package)


@pytest.fixture
def world(account: Account, targets_file: Path, table: dict[str, Moves], monkeypatch) -> World:
    return World(account, targets_file, table, monkeypatch)


def test_the_table_leads_from_development_to_production_and_out_of_it(table):
    moves = {name: {(m.get("from"), m["to"]) for m in kinds.values()} for name, kinds in table.items()}
    assert moves == {
        "staging": {("Development", "PreProduction"), ("PreProduction", "Development")},
        "prod": {
            ("PreProduction", "Production"),
            ("Production", "PreProduction"),
            ("Production", "Archived"),
            ("Archived", "Production"),
        },
    }


def test_each_proof_moves_a_version_on_and_the_one_it_replaces_to_the_archive(world):
    old, new = world.version("Production"), world.version("Development")
    assert world.proven("staging", new) == ", version 2 is now in PreProduction"
    said = world.proven("prod", new, old)
    assert said == ", version 2 is now in Production, version 1 is now in Archived"
    assert world.registry.stages[old]["StageStatus"] == "Retired"
    assert world.registry.stages[new]["StageStatus"] == "Approved"


def test_a_step_that_is_repeated_moves_nothing_twice(world):
    old, new = world.version("Production"), world.version("PreProduction")
    world.proven("prod", new, old)
    updates = world.registry.updates
    assert world.proven("prod", new, old) == ""
    assert world.proven("staging", new, old) == ""
    assert world.registry.updates == updates


@pytest.mark.parametrize("stage", ["Development", None])
def test_no_stage_is_left_out(world, stage):
    arn = world.version(stage)
    with pytest.raises(Refused, match="takes versions that are in PreProduction at least"):
        world.refuse_skipping("prod", arn)
    with pytest.raises(Refused, match="takes versions that are in PreProduction at least"):
        world.proven("prod", arn)
    assert world.registry.stage(arn) == stage


@pytest.mark.parametrize(
    ("environment", "stage"),
    [("staging", "Development"), ("staging", "Production"), ("prod", "PreProduction"), ("prod", "Archived")],
)
def test_what_has_come_far_enough_is_deployed(world, environment, stage):
    world.refuse_skipping(environment, world.version(stage))


def test_a_version_that_people_withdrew_is_deployed_nowhere(world):
    arn = world.version("Archived")
    world.registry.stages[arn]["StageStatus"] = life_cycle.WITHDRAWN
    for environment in ("staging", "prod"):
        with pytest.raises(Refused, match="was withdrawn"):
            world.refuse_skipping(environment, arn)


def test_a_rollback_returns_one_version_and_restores_the_other(world):
    old, new = world.version("Archived"), world.version("Production")
    world.returned("prod", new)
    world.proven("prod", old, old)
    assert (world.registry.stage(old), world.registry.stage(new)) == ("Production", "PreProduction")
    assert world.registry.stages[new]["StageStatus"] == "Rejected"
    # And once it may be tried again.
    world.proven("prod", new, old)
    assert (world.registry.stage(old), world.registry.stage(new)) == ("Archived", "Production")


def test_a_version_that_another_environment_of_the_stage_serves_stays_in_it(world):
    old, new = world.version("Production"), world.version("PreProduction")
    prod = world.targets.environment("prod")
    # A second production, whose endpoint is the one that this account calls staging.
    other = replace(world.targets.environment("staging"), name="prod-us", moves=prod.moves)
    world.targets = replace(world.targets, environments=(prod, other))
    world.account.deploy("staging", old)
    world.proven("prod", new, old)
    assert world.registry.stage(old) == "Production"
    world.returned("prod", old)
    assert world.registry.stage(old) == "Production"
    world.account.deploy("staging", new)
    world.proven("prod-us", new, old)
    assert world.registry.stage(old) == "Archived"


def test_a_move_that_iam_refuses_fails_the_step_but_not_a_return(world, monkeypatch):
    told: list[Any] = []
    monkeypatch.setattr(life_cycle, "tell", lambda aws, targets, kind, details: told.append((kind, details)))
    arn, live = world.version("PreProduction"), world.version("Production")
    world.registry.broken = True
    with pytest.raises(Refused, match="was not moved from the stage PreProduction to Production"):
        world.proven("prod", arn)
    world.returned("prod", live)
    [(kind, details)] = told
    assert kind == "Replaced Models Not Removed"
    assert "no policy allows" in details["prod"]["problem"]


def test_without_stages_nothing_is_moved_or_refused(world, targets_file):
    arn = world.version(None)
    world.targets = world.aws.targets(targets_file)
    world.refuse_skipping("prod", arn)
    assert world.proven("prod", arn, arn) == ""
    world.returned("prod", arn)
    assert world.registry.updates == 0


def test_versions_that_are_only_logged_are_never_candidates(world):
    older, newer = world.version(None), world.version(None)
    client, group = world.account.sagemaker, world.targets.registry
    world.registry.logged.add(newer)
    assert registry.newest_approved(client, group).arn == older
    found = package_groups.newest_approved(client, package_groups.parse_group(group))
    assert found["ModelPackageArn"] == older
    assert group.endswith(f"/{GROUP}")
    with pytest.raises(Refused, match="only logged"):
        registry.describe(client, newer, group)


def test_a_smoke_test_that_passes_moves_what_was_prepared_and_what_was_live(smoke_run, monkeypatch):
    moved: list[tuple[str, str]] = []

    def move_on(aws: Any, targets: Any, environment: Environment, arn: str, replaced: str) -> str:
        moved.append((arn, replaced))
        return ", moved"

    monkeypatch.setattr(smoke_test, "move_on", move_on)
    said = smoke_run(GOOD, before="the one before")
    [(arn, replaced)] = moved
    assert arn.endswith("/1")
    assert (replaced, said.endswith(", moved")) == ("the one before", True)
    with pytest.raises(Refused):
        smoke_run("no answer")
    assert len(moved) == 1


def test_a_version_that_is_recorded_as_rolled_back_is_moved_back(prod, buckets, monkeypatch):
    moved: list[str] = []
    monkeypatch.setattr(rollbacks, "move_back", lambda aws, targets, environment, arn: moved.append(arn))
    monkeypatch.setattr(rollbacks, "tell", lambda *_: None)
    arn = prod.account.register("Approved")
    for _ in range(2):
        # Also where the first attempt recorded it and failed then.
        rollbacks.note(prod.aws, prod.targets, prod.environment, arn, "slow", "execution-1", by="a person")
    assert moved == [arn, arn]


@pytest.mark.parametrize("known", [{}, {"ModelLifeCycle": {"Stage": "QA"}}])
def test_sealing_gives_a_version_its_first_stage_once(account, monkeypatch, known):
    arn = account.register()
    seen: list[dict[str, Any]] = []

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateModelPackage":
            validate(client, operation, arguments)
            seen.append(arguments["ModelLifeCycle"])
            return {"ModelPackageArn": arn}
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", answer)
    first = {"to": "Development", "status": "InProgress"}
    group = package_groups.parse_group(
        f"arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/{GROUP}"
    )
    settings = sealer.Settings(group, "s3://bucket/sealed", arn, first)
    package = {**account.sagemaker.describe_model_package(ModelPackageName=arn), **known}
    sealer.begin(settings, account.sagemaker, package, lambda _: None)
    assert seen == ([] if known else [{"Stage": "Development", "StageStatus": "InProgress"}])
    sealer.begin(replace(settings, first_stage=None), account.sagemaker, package, lambda _: None)
    assert len(seen) == (0 if known else 1)


def test_another_build_may_begin_the_life_cycle_and_a_refusal_is_not_that(account, monkeypatch):
    arn = account.register()
    begun = [True]

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateModelPackage":
            raise service_error(operation, "AccessDeniedException")
        found = real(client, operation, arguments)
        return {**found, "ModelLifeCycle": {"Stage": "Development"}} if begun[0] else found

    group = package_groups.parse_group(
        f"arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/{GROUP}"
    )
    first = {"to": "Development", "status": "InProgress"}
    settings = sealer.Settings(group, "s3://bucket/sealed", arn, first)
    package = account.sagemaker.describe_model_package(ModelPackageName=arn)
    before_calls(monkeypatch, "sagemaker", answer)
    sealer.begin(settings, account.sagemaker, package, lambda _: None)
    begun[0] = False
    with pytest.raises(ClientError, match="AccessDenied"):
        sealer.begin(settings, account.sagemaker, package, lambda _: None)
