"""What can be checked of a definition before its first step: everything that constants and parameters decide.

The same checks are made again when a step starts, with the results of earlier steps in place of their names.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import for_each
from .arguments import collected, only_strings, problem
from .conditions import check_all
from .errors import DefinitionError, NotEmulatedError, RunnerError, StepError, nearest
from .expressions import Pending, Scope, Token
from .graph import own_arguments
from .pipeline import Definition, Step, why_not_emulated
from .service import Service

MODULES = {
    "Processing": "processing", "Training": "training", "Tuning": "tuning", "Transform": "transform",
    "Model": "models", "RegisterModel": "register", "QualityCheck": "check", "ClarifyCheck": "check",
}  # fmt: skip


class StaticScope(Scope):
    """A scope in which the results of steps are not known yet."""

    definition: Definition

    def _property(self, path: str, name: str, tokens: list[Token], place: str) -> Any:
        return Pending(path)

    def _item(self, tokens: list[Token], place: str) -> Any:
        return Pending("ForEach.CurrentItem") if self.item is not None else super()._item(tokens, place)

    def _property_file(self, step: str, name: str, place: str) -> Any:
        steps = {one.name: one for one in self.definition.all_steps()}
        files = {file.name for file in steps[step].property_files} if step in steps else set()
        if name not in files:
            raise DefinitionError(
                place, f"step {step!r} declares no property file {name!r}.{nearest(name, files)}"
            )
        return Pending(name)


def module_of(step: Step) -> Any:
    """Return the module that runs a step, or None."""
    name = MODULES.get(step.type)
    return importlib.import_module(f".jobs.{name}", __package__) if name else None


def resolve(definition: Definition, step: Step, scope: Scope) -> Any:
    """Return the arguments of a step as far as they are known before the first step runs."""
    known = StaticScope(scope.parameters, scope.execution, scope.experiment, {}, None)
    known.definition = definition
    known.item = Pending("ForEach.CurrentItem") if step.item_of else None
    if step.type == "Condition":
        check_all(step.arguments.get("Conditions"), known, f"{step.place}.Arguments.Conditions")
        return {}
    return known.resolve(own_arguments(step), f"{step.place}.Arguments")


def check(definition: Definition, scope: Scope) -> None:
    """Raise one error that names everything that is wrong with the arguments of all steps."""
    found: list[DefinitionError] = []
    service = Service.installed()
    for step in definition.all_steps():
        with collected(found):
            try:
                _check_step(definition, step, scope, service)
            except DefinitionError as error:
                found.append(error)
            except StepError as error:
                place, _, message = str(error).partition(": ")
                found.append(DefinitionError(place, message))
            except NotEmulatedError:
                continue  # told by the step itself, if it is ever reached
    messages = _distinct(found)
    if len(messages) == 1:
        raise RunnerError(messages[0])
    if messages:
        lines = "".join(f"\n  - {message}" for message in messages)
        raise RunnerError(f"{len(messages)} things in the definition are wrong:{lines}")


def _distinct(found: list[DefinitionError]) -> list[str]:
    """Return the messages; where two checks found the same value wrong, the runner's own one."""
    last = {(error.place, str(error)): error for error in found}
    values = {error.place: str(error) for error in found if "SageMaker takes" in str(error)}
    return [
        message for place, message in last if "SageMaker takes" not in message or values[place] == message
    ]


def _check_step(definition: Definition, step: Step, scope: Scope, service: Service | None) -> None:
    place = f"{step.place}.Arguments"
    arguments = resolve(definition, step, scope)
    if step.type == "Fail":
        only_strings({"ErrorMessage": arguments.get("ErrorMessage", "")}, place)
    if step.type == "ForEach":
        for_each.normalize(arguments, place)
    if step.type not in MODULES or why_not_emulated(step):
        return
    _check_property_files(step, arguments)
    try:
        if service:
            service.check(step.type, arguments, place)
    finally:
        module_of(step).normalize(arguments, place)


def _check_property_files(step: Step, arguments: dict[str, Any]) -> None:
    outputs = (arguments.get("ProcessingOutputConfig") or {}).get("Outputs")
    if isinstance(outputs, list):
        names = {str(item.get("OutputName")) for item in outputs if isinstance(item, dict)}
        for file in step.property_files:
            if file.output not in names:
                problem(
                    f"{step.place}.PropertyFiles",
                    f"{file.name!r} is in output {file.output!r}, which the step does not have."
                    f"{nearest(file.output, names)}",
                )
