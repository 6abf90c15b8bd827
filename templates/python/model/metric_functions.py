"""The functions of custom_metrics.py: what each of them gets, and what it must return."""

from __future__ import annotations

import importlib
import inspect
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

import metrics
from job import UserError, listed, nearest
from schema import Schema
from user_code import location

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Metrics = Callable[[Floats], dict[str, float]]

MODULE = "custom_metrics"
PATH = Path(__file__).with_name(f"{MODULE}.py")
FILE = f"model/{PATH.name}"
SECONDS = 60.0
"""How long the bootstrap of one metric may take; a slower function gets fewer samples."""
FEWEST_SAMPLES = 20

COMMON = ("actual", "predicted", "weights", "rows")
ARGUMENTS = {
    "binary": (*COMMON, "labels", "probability", "probabilities"),
    "multiclass": (*COMMON, "labels", "probabilities"),
    "regression": COMMON,
}
"""What a function may ask for, by problem type."""


class Said(Protocol):
    """What a model said: the class of each row, and probabilities by class (or values)."""

    @property
    def predicted(self) -> NDArray[np.int64]: ...

    @property
    def scores(self) -> NDArray[np.float64]: ...


class Functions:
    """The declared functions on the rows of a test set.

    `frame` makes the DataFrame of the rows, when a function asks for it; `weights` are those of the rows.
    Raises `UserError` for a function that is missing, or asks for what there is not.
    """

    def __init__(
        self,
        names: Sequence[str],
        schema: Schema,
        actual: NDArray[Any],
        weights: Floats,
        frame: Callable[[], Any],
    ) -> None:
        self._schema, self._actual, self._weights, self._frame = schema, actual, weights, frame
        module = _module() if names else None
        self._functions = {name: _function(module, name) for name in names}
        self._asked = {name: _asked(name, f, schema.problem_type) for name, f in self._functions.items()}
        self._samples: dict[str, int] = {}
        self._rows: Any = None
        self.notes: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics."""
        return tuple(self._functions)

    def report(self, said: Said, seed: int) -> dict[str, dict[str, float | str]]:
        """Value and standard deviation of each metric; "NaN" where it is not defined."""
        found: dict[str, dict[str, float | str]] = {}
        for name in self.names:
            found |= metrics.with_deviation(
                self.of(name, said), self._weights, seed, self.samples(name, said)
            )
            if self._schema.weight and "weights" not in self._asked[name]:
                self.notes.append(
                    f"{name} does not ask for weights: every test row counts once in it, not by its "
                    f"{self._schema.weight!r}"
                )
        return found

    def samples(self, name: str, said: Said) -> int:
        """How many bootstrap samples there is time for; measured once."""
        if name not in self._samples:
            call, usual = self.of(name, said), metrics.samples(len(self._weights))
            seconds = _seconds(call, self._weights)
            if seconds * usual > SECONDS:  # the first call may have imported something
                seconds = min(seconds, _seconds(call, self._weights))
            there_is = max(FEWEST_SAMPLES, int(SECONDS / max(seconds, 1e-9)))
            self._samples[name] = min(usual, there_is)
            if there_is < usual:
                self.notes.append(
                    f"{name} takes {seconds:.2g} s for the test rows: its spread is that of {there_is} "
                    f"bootstrap samples, not of {usual}, and may differ a little from run to run"
                )
        return self._samples[name]

    def of(self, name: str, said: Said) -> Metrics:
        """The metric of what a model said, as a function of how often each row counts."""
        function, asked = self._functions[name], self._asked[name]
        given = {argument: self._argument(argument, said) for argument in asked if argument != "weights"}

        def metric(counts: Floats) -> dict[str, float]:
            values = given if "weights" in asked else self._drawn(given, counts)
            if "rows" in values:  # a column that a function adds is its own
                values = {**values, "rows": values["rows"].copy(deep=False)}
            return {name: _called(name, function, values, counts if "weights" in asked else None)}

        return metric

    def _argument(self, name: str, said: Said) -> Any:
        if name == "rows":
            if self._rows is None:
                self._rows = self._frame()
            return self._rows
        if name == "labels":
            return self._schema.labels
        found = self._values(name, said).view()
        found.flags.writeable = False
        return found

    def _values(self, name: str, said: Said) -> NDArray[Any]:
        if name == "probability":
            return said.scores[:, 1]
        if name == "probabilities" or (name == "predicted" and not self._schema.labels):
            return said.scores
        indices = self._actual if name == "actual" else said.predicted
        return _array(self._schema.labels)[indices] if self._schema.labels else indices

    def _drawn(self, given: dict[str, Any], counts: Floats) -> dict[str, Any]:
        """The arguments of the rows as often as they were drawn, for a function without weights."""
        times = np.zeros(len(counts), np.int64)
        there = self._weights > 0
        times[there] = np.rint(counts[there] / self._weights[there]).astype(np.int64)
        if (times == 1).all():
            return given
        rows = np.repeat(np.arange(len(times)), times)
        return {name: _taken(name, value, rows) for name, value in given.items()}


def _taken(name: str, value: Any, rows: NDArray[np.int64]) -> Any:
    if name == "labels":
        return value
    return value.iloc[rows].reset_index(drop=True) if name == "rows" else value[rows]


def _array(labels: Sequence[str | int]) -> NDArray[Any]:
    """Labels as an array of numbers or texts; of both, if the data has both."""
    kinds = {type(label) for label in labels}
    return np.array(labels, object if len(kinds) > 1 else None)


def _module() -> Any:
    try:
        return importlib.import_module(MODULE)
    except ModuleNotFoundError as error:
        if error.name == MODULE:
            raise UserError(
                f"customMetrics declares metrics, and {FILE} does not exist: write a function for each "
                "there, or remove them"
            ) from None
        raise _raised("the import", error) from None
    except Exception as error:
        raise _raised("the import", error) from None


def _function(module: Any, name: str) -> Callable[..., Any]:
    function = getattr(module, name, None)
    if not callable(function):
        there = [n for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == MODULE]
        raise UserError(
            f"{FILE} has no function {name}, which customMetrics declares{nearest(name, there)}: write it, "
            f"or remove the metric; functions there: {listed(there) or 'none'}"
        )
    return function  # type: ignore[no-any-return]


def _asked(name: str, function: Callable[..., Any], problem_type: str) -> tuple[str, ...]:
    """The arguments that a function gets: those it names, unless they are others and have a default."""
    known = ARGUMENTS[problem_type]
    asked = []
    for parameter in inspect.signature(function).parameters.values():
        by_name = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        if by_name and parameter.name in known:
            asked.append(parameter.name)
        elif not by_name or parameter.default is parameter.empty:
            shown = parameter.name if by_name else str(parameter)
            raise UserError(
                f"{FILE}: {name} asks for {shown!r}{nearest(shown, known)}: with the problem type "
                f"{problem_type} there is {', '.join(known)}; columns are in rows"
            )
    return tuple(asked)


def _called(name: str, function: Callable[..., Any], values: dict[str, Any], counts: Floats | None) -> float:
    try:
        found = function(**values) if counts is None else function(**values, weights=counts)
    except Exception as error:
        raise _raised(name, error) from None
    shape = getattr(found, "shape", ())
    if shape != () or isinstance(found, (bool, np.bool_, str, bytes)):
        raise UserError(f"{FILE}: {name} returns {_shown(found)}: it must return one number, NaN for none")
    try:
        return float(found)
    except (TypeError, ValueError):
        raise UserError(
            f"{FILE}: {name} returns {_shown(found)}: it must return one number, NaN for none"
        ) from None


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return f"{text[:60]}{'...' if len(text) > 60 else ''} ({type(value).__name__})"


def _raised(what: str, error: Exception) -> UserError:
    """What went wrong in the file, with the last line of it that was reached."""
    words = " ".join(str(error).split())
    return UserError(
        f"{location(PATH, error)}: {what} raises {type(error).__name__}{': ' if words else ''}{words}; "
        "where a metric is not defined, for these rows or for a sample of them, return NaN"
    )


def _seconds(call: Metrics, weights: Floats) -> float:
    begun = time.perf_counter()
    call(weights)
    return time.perf_counter() - begun
