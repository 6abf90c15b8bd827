"""The registered model answers its golden rows again, and differences are reported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from local_runner.answers import digest

from .conftest import Repository


def golden(repository: Repository, answers: list[float], recorded: str | None = None) -> str:
    """The evaluation leaves golden rows, and the package names them; what the run says."""
    source = (repository.build / "code" / "evaluate.py").read_text()
    kept = {
        "contentType": "text/csv",
        "accept": "application/json",
        "rows": ["1.5", "99.5"],
        "answers": answers,
    }
    repository.code(
        "evaluate.py", f"{source}(output / 'golden.json').write_text({json.dumps(json.dumps(kept))})\n"
    )
    served = (repository.build / "code" / "inference.py").read_text()
    in_json = "    if 'json' in accept:\n        return json.dumps(prediction), accept\n"
    head = "def output_fn(prediction, accept):\n"
    repository.code("inference.py", served.replace(head, head + in_json))
    definition = json.loads((repository.build / "definition.json").read_text())
    register = next(s for s in steps_of(definition["Steps"]) if s["Type"] == "RegisterModel")
    metadata = register["Arguments"]["CustomerMetadataProperties"]
    metadata["GoldenRowsSha256"] = recorded or digest(kept)
    metadata["GoldenRows"] = {
        "Std:Join": {
            "On": "/",
            "Values": [
                {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"},
                "golden.json",
            ],
        }
    }
    repository.write("definition.json", definition)
    return repository.run()


def steps_of(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        arguments = step.get("Arguments", {})
        yield from steps_of([*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])])


def test_the_registered_model_is_asked_its_golden_rows(repository: Repository) -> None:
    assert "2 golden rows answered as measured" in golden(repository, [0, 1])
    assert repository.record()["sampleAnswer"]["golden"] == {"rows": 2, "differences": []}


def test_another_answer_than_the_golden_one_is_a_warning_that_names_the_row(repository: Repository) -> None:
    output = golden(repository, [0, 0])
    assert "does not give the golden answers: row 2: the answer is 1, 0 was measured." in output
    assert repository.record()["status"] == "Succeeded"


def test_rows_that_are_not_what_the_package_records_are_a_warning(repository: Repository) -> None:
    output = golden(repository, [0, 1], recorded="abc")
    assert re.search(
        r"golden.json is not what the package records: its SHA-256 is \w{64}, GoldenRowsSha256 is abc\.",
        output,
    )
    assert "A deployment of it would fail." in output


def test_numbers_may_differ_as_far_as_the_delivery_lets_them(repository: Repository) -> None:
    assert "row 2: the answer is 1, 1.2 was measured" in golden(repository, [0, 1.2])
    manifest = json.loads((repository.build / "manifest.json").read_text())
    repository.write("manifest.json", {**manifest, "goldenTolerance": 0.2})
    assert "2 golden rows answered as measured" in repository.run()
