"""As strict as the service: by its own model where botocore is installed, and before the first step."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest

from local_runner import service, static
from local_runner.arguments import collected
from local_runner.definition import parse
from local_runner.errors import DefinitionError, NotEmulatedError, RunnerError
from local_runner.expressions import Scope
from local_runner.prepare import _NAMES
from local_runner.service import Service

from .build import at_least, condition, fail, get, json_get, output_of, pipeline, processing, training
from .conftest import Repository, change, load

INSTALLED = Service.installed()
needs_botocore = pytest.mark.skipif(INSTALLED is None, reason="botocore is not installed")


def problems(definition: dict[str, Any]) -> str:
    """Return what is wrong with a definition before its first step."""
    read = parse(definition)
    values = {item["Name"]: item.get("DefaultValue", "") for item in read.parameters}
    try:
        static.check(read, Scope(values, _NAMES))
    except RunnerError as error:
        return str(error)
    return ""


def sample(shapes: dict[str, Any], name: str, seen: tuple[str, ...] = ()) -> Any:
    """Return a value of a shape that has every member it can have."""
    shape = shapes[name]
    kind = shape["type"]
    if kind == "structure":
        members = {key: member["shape"] for key, member in shape["members"].items()}
        return {key: sample(shapes, one, (*seen, one)) for key, one in members.items() if one not in seen}
    if kind == "list":
        return [sample(shapes, shape["member"]["shape"], seen)]
    if kind == "map":
        return {"key": sample(shapes, shape["value"]["shape"], seen)}
    return {"string": "text", "boolean": True}.get(kind, shape.get("min", 1))


def merged(whole: Any, known: Any) -> Any:
    """Return `whole` with the values of `known` where it has any."""
    if isinstance(whole, dict) and isinstance(known, dict):
        return {**whole, **{key: merged(whole.get(key), value) for key, value in known.items()}}
    if isinstance(whole, list) and isinstance(known, list) and whole:
        return [merged(whole[0], item) for item in known]
    return copy.deepcopy(known)


EXAMPLES = {
    "Preprocess": "core", "Train": "core", "Register": "core", "Tune": "everything", "CreateModel": "everything",
    "BatchScore": "everything",
}  # fmt: skip


@needs_botocore
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_field_of_the_service_is_used_or_known_to_change_nothing_or_not_emulated(name: str) -> None:
    assert INSTALLED is not None
    steps: dict[str, Any] = {}
    change(load(EXAMPLES[name]), lambda found: steps.update(found))
    raw = steps[name]
    call = service._CALLS[raw["Type"]]
    arguments = merged(sample(dict(INSTALLED._shapes), call, (call,)), raw["Arguments"])
    module = static.module_of(parse({"Version": "2020-12-01", "Steps": [raw]}).steps[name])
    unknown: list[DefinitionError] = []
    for _ in range(40):
        found: list[DefinitionError] = []
        try:
            with collected(found):
                module.normalize(copy.deepcopy(arguments), "A")
        except NotEmulatedError as error:
            _remove(arguments, str(error).split()[0])
            continue
        except DefinitionError as error:
            _remove(arguments, error.place)  # a value that is not supported says so
            continue
        finally:
            unknown += [problem for problem in found if "does not know the argument" in str(problem)]
        break
    assert not {str(problem) for problem in unknown}


def _remove(arguments: Any, place: str) -> None:
    *path, last = place.removeprefix("A.").replace("[", ".").replace("]", "").split(".")
    for part in path:
        arguments = arguments[int(part)] if isinstance(arguments, list) else arguments[part]
    if isinstance(arguments, list):
        arguments.pop(int(last))
    else:
        arguments.pop(last, None)


def wrong(definition: dict[str, Any], *messages: str) -> None:
    found = problems(definition)
    for message in messages:
        assert message in found, found


def test_numbers_in_arguments_and_environment_are_refused_before_anything_runs(
    repository: Repository,
) -> None:
    step = processing(
        "Evaluate",
        "1",
        arguments=["--float", get("Parameters.float")],
        extra={"Environment": {"T": get("Parameters.n")}},
    )
    repository.write("definition.json", pipeline(step, float=0.1, n=3))
    output = repository.run("run", code=1)
    assert "Steps.Evaluate.Arguments.AppSpecification.ContainerArguments[1]: 0.1 is a number" in output
    assert "Steps.Evaluate.Arguments.Environment.T: 3 is a number" in output and ".to_string()" in output
    assert output.count("0.1 is") == 1 and not repository.work.exists()


def test_a_number_that_is_made_text_is_taken(repository: Repository) -> None:
    as_text = {"Std:Join": {"On": "", "Values": [get("Parameters.float")]}}
    script = "import sys; print('seen', sys.argv[1:])"
    repository.write("definition.json", pipeline(processing("A", script, arguments=[as_text]), float=0.1))
    assert "seen ['0.1']" in repository.run()


def test_a_number_that_only_a_step_tells_is_refused_when_it_is_told(repository: Repository) -> None:
    train = training("Train", {}, "import os; print('auc=0.5'); open(os.environ['SM_MODEL_DIR'] + '/m', 'w')")
    train["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=(.*)"}]
    metric = get("Steps.Train.FinalMetricDataList['auc'].Value")
    repository.write("definition.json", pipeline(train, processing("Use", "1", arguments=[metric])))
    output = repository.run("run", code=1)
    assert "step Use (Processing) failed: Steps.Use.Arguments" in output and "0.5 is" in output
    assert repository.states()["Train"] == "Succeeded"


def test_unknown_arguments_are_found_in_all_steps_at_once() -> None:
    first, second = (
        processing("First", "1", extra={"Enviroment": {}}),
        processing("Second", "1", extra={"Tag": 1, "Role": 2}),
    )
    train = training("Train", {}, "1")
    train["Arguments"]["ResourceConfig"]["InstanceCuont"] = 1
    branch = condition("If", at_least(1, 0), [processing("Third", "1", extra={"Input": []})])
    wrong(
        pipeline(first, second, train, branch), "5 things in the definition are wrong:",
        "Steps.First.Arguments: the local runner does not know the argument 'Enviroment'. Did you mean 'Environment'",
        "'Tag'. Did you mean 'Tags'", "'Role'. Did you mean 'RoleArn'", "Steps.Train.Arguments.ResourceConfig:",
        "Steps.If.Arguments.IfSteps.Third.Arguments: the local runner does not know the argument 'Input'",
    )  # fmt: skip


@needs_botocore
@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "StoppingCondition",
            {"MaxRuntimeInSeconds": 0},
            "MaxRuntimeInSeconds: 0 is not allowed: SageMaker's minimum is 1",
        ),
        ("NetworkConfig", {"EnableNetworkIsolation": "yes"}, "'yes' is not true or false"),
        ("Tags", [{"Key": "a"}], "Tags[0]: Value is missing"),
        ("Tags", {"a": "b"}, "is not a list"),
        ("Environment", {"A": True}, "Environment.A: True is a boolean"),
    ],
)
def test_types_ranges_and_what_is_required_are_those_of_the_service(
    key: str, value: Any, message: str
) -> None:
    wrong(pipeline(processing("A", "1", extra={key: value})), message)


@needs_botocore
def test_a_word_that_is_none_of_a_closed_list_is_refused_and_a_new_instance_type_is_not() -> None:
    train = training(
        "Train",
        {},
        "1",
    )
    train["Arguments"]["ResourceConfig"]["InstanceType"] = "ml.m99.large"
    assert problems(pipeline(train)) == ""
    train["Arguments"]["DebugRuleConfigurations"] = [
        {
            "RuleConfigurationName": "a",
            "RuleEvaluatorImage": "i",
            "InstanceType": "ml.m99.large",
            "VolumeSizeInGB": -1,
        }
    ]
    wrong(pipeline(train), "-1 is not allowed")
    tags = processing("A", "1", {"x": "s3://b/x"})
    tags["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3DataDistributionType"] = "Sharded"
    wrong(pipeline(tags), "'Sharded' is not one of FullyReplicated, ShardedByS3Key")


def test_a_newer_field_that_changes_nothing_is_taken_with_a_note(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        definition = steps["Tune"]["Arguments"]["TrainingJobDefinition"]
        definition["HyperParameterTuningResourceConfig"] = definition.pop("ResourceConfig")
        kept.extend([steps["Preprocess"], steps["Tune"]])

    kept: list[dict[str, Any]] = []
    definition = change(load("everything"), edit)
    repository.write("definition.json", {**definition, "Steps": kept})
    repository.run()
    notes = repository.steps()["Tune"]["notes"]
    assert notes == ["HyperParameterTuningResourceConfig changes nothing on this machine."]


def test_a_prefix_brings_its_siblings_as_on_s3_and_says_so(repository: Repository) -> None:
    make = processing(
        "A",
        "import os\nfor n in ('test', 'test_small'): "
        "open(os.environ['SM_PROCESSING_DIR'] + f'/{n}/{n}.csv', 'w').write(n)",
        outputs=["test", "test_small"],
    )
    show = (
        "import os\n"
        "print('files', sorted(f for _, _, names in os.walk(os.environ['SM_PROCESSING_DIR']) for f in names))"
    )
    repository.write("definition.json", pipeline(make, processing("B", show, {"in": output_of("A", "test")})))
    assert "files ['test.csv', 'test_small.csv']" in repository.run()
    assert "it brought test_small as well, as on SageMaker" in repository.steps()["B"]["notes"][0]
    slash = {"Std:Join": {"On": "", "Values": [output_of("A", "test"), "/"]}}
    repository.write("definition.json", pipeline(make, processing("B", show, {"in": slash})))
    assert "files ['test.csv']" in repository.run() and not repository.steps()["B"]["notes"]


def test_conditions_and_messages_are_looked_at_too() -> None:
    wrong(pipeline(condition("If", {"Type": "Near"})), "unknown condition 'Near'")
    wrong(
        pipeline(condition("If", at_least("a", 1)), fail("No", 3)),
        "GreaterThanOrEqualTo cannot compare",
        "3 is a number",
    )
    wrong(pipeline(fail("No", get("Parameters.x"))), "unknown reference 'Parameters.x'")
    gate = condition("If", at_least(json_get("A", "Reprt", "x"), 1))
    step = processing("A", "1", outputs=["o"], files=[("Report", "o", "r.json")])
    wrong(pipeline(step, gate), "step 'A' declares no property file 'Reprt'. Did you mean 'Report'")


def test_botocore_is_read_and_never_imported(repository: Repository) -> None:
    code = "import sys\nfrom local_runner.cli import main\nmain(sys.argv[1:])\nprint('LOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "run"],
        cwd=repository.root,
        env=repository.environment(),
        text=True,
        capture_output=True,
    )
    loaded = done.stdout.rpartition("LOADED ")[2].split()
    assert "local_runner.service" in loaded and "botocore" not in loaded


def test_without_botocore_the_runner_s_own_checks_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "installed", classmethod(lambda _: None))
    wrong(
        pipeline(processing("A", "1", extra={"Environment": {"A": 1}, "Tag": []})), "1 is a number", "'Tag'"
    )
    step = training("B", {}, "1")
    step["Arguments"]["Environment"] = {"B": 2}
    wrong(pipeline(step), "Environment.B: 2 is a number")
    assert problems(json.loads(json.dumps(load("everything")))) == ""
