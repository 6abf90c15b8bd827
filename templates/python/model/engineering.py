"""Calls the user's own features (`features.py`), and keeps what its `fit` found out.

An unchanged `features.py`, whose `transform` returns its frame, is not called: columns then become the
model's features directly, without a detour through pandas.
"""

from __future__ import annotations

import ast
import importlib
import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from columns import Column
from job import UserError
from schema import Schema
from user_code import location

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MODULE = "features"
WHERE = "model/features.py"
FILE = Path(__file__).with_name(f"{MODULE}.py")
STATE_JSON, STATE_PICKLE = "features.json", "features.pickle"
TRIED_ROWS = 8
CLOSE = 1e-6


class FeatureError(ValueError):
    """`features.py` failed for rows; the message says how."""


def own() -> Any:
    """The module `features`; None if it makes nothing of its own. Raises `UserError`."""
    if _returns_its_frame(FILE):
        return None
    try:
        return importlib.import_module(MODULE)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{location(FILE, error)} imports {error.name!r}, which is not installed: declare its package "
            "with `uv add --group model PACKAGE`, or import something else"
        ) from error
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise UserError(f"{location(FILE, error)}: cannot be imported: {said}") from error


def _returns_its_frame(file: Path) -> bool:
    if not file.is_file():
        return True
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise UserError(f"model/{file.name}, line {error.lineno}: {error.msg}") from None
    bound = [node for node in ast.walk(tree) if getattr(node, "name", getattr(node, "id", "")) == "transform"]
    if len(bound) != 1 or not isinstance(bound[0], ast.FunctionDef) or bound[0].decorator_list:
        return False
    arguments, body = bound[0].args.args, bound[0].body
    if ast.get_docstring(bound[0]) is not None:
        body = body[1:]
    return (
        len(body) == 1
        and isinstance(body[0], ast.Return)
        and isinstance(body[0].value, ast.Name)
        and [body[0].value.id] == [argument.arg for argument in arguments[:1]]
    )


def _called(name: str, module: Any, *arguments: Any) -> Any:
    if not callable(function := getattr(module, name, None)):
        raise FeatureError(f"{WHERE} has no function {name}")
    try:
        return function(*arguments)
    except Exception as error:
        raise FeatureError(
            f"{location(FILE, error)}: {name} failed with {type(error).__name__}: {error}"
        ) from error


def _transformed(module: Any, frame: pd.DataFrame, state: Any) -> pd.DataFrame:
    """What `transform` makes of a frame, which it may change."""
    import pandas as pd

    rows = len(frame)
    made = _called("transform", module, frame, state)
    if not isinstance(made, pd.DataFrame):
        raise FeatureError(f"{WHERE}: transform returned {type(made).__name__}, not a DataFrame")
    if len(made) != rows or not made.index.equals(pd.RangeIndex(rows)):
        raise FeatureError(
            f"{WHERE}: transform returned {len(made)} rows for {rows}, or in another order: it "
            "must return each row, with its index"
        )
    return made


def _values(columns: Sequence[Column], made: pd.DataFrame) -> list[pa.Array]:
    import frames

    try:
        return frames.values_of(columns, made)
    except frames.FrameError as error:
        raise FeatureError(f"{WHERE}: what transform returned {error}") from None


@dataclass(frozen=True)
class Encoder:
    """Cells of requests as the model's numbers, through the user's features."""

    schema: Schema
    state: Any = None

    @classmethod
    def load(cls, directory: Path) -> Encoder:
        """The schema and the state of an artifact."""
        return cls(Schema.load(directory), loaded(directory))

    def encode(self, table: pa.Table) -> NDArray[np.float32]:
        """The features of a table of cells. Raises `CellError` and `FeatureError`."""
        schema = self.schema
        values: Iterable[pa.Array] = schema.typed(table)
        if schema.made:
            import frames

            module = importlib.import_module(MODULE)
            values = _values(schema.made, _transformed(module, frames.frame(schema.used, values), self.state))
        return schema.features(values, table.num_rows)


def saved(state: Any, directory: Path) -> Any:
    """Write a state into a directory, and return it as it will be read.

    JSON where that keeps it, else a pickle. Raises `UserError`.
    """
    try:
        text = json.dumps(state, ensure_ascii=False, allow_nan=False)
        if _same(json.loads(text), state):
            (directory / STATE_JSON).write_text(text + "\n", encoding="utf-8")
            return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        content = pickle.dumps(state, protocol=5)
        again = pickle.loads(content)
    except Exception as error:
        raise UserError(
            f"{WHERE}: what fit returned cannot be kept with the model ({error}): return numbers, "
            "texts, lists and dictionaries, or objects that pickle takes"
        ) from None
    (directory / STATE_PICKLE).write_bytes(content)
    return again


def _same(one: Any, other: Any) -> bool:
    """Whether a value is the same after JSON, with the types that code can tell apart."""
    if isinstance(one, (dict, list)):
        if type(one) is not type(other) or len(one) != len(other):
            return False
        if isinstance(one, dict):
            return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
        return all(map(_same, one, other))
    return isinstance(other, type(one)) and bool(one == other)


def loaded(directory: Path) -> Any:
    """The state of a directory; None without one."""
    if (file := directory / STATE_JSON).is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    if (file := directory / STATE_PICKLE).is_file():
        return pickle.loads(file.read_bytes())
    return None


def copied(source: Path, target: Path) -> None:
    """Put a directory's state into another one."""
    for name in (STATE_JSON, STATE_PICKLE):
        if (file := source / name).is_file():
            (target / name).write_bytes(file.read_bytes())


def applied(
    module: Any,
    schema: Schema,
    values: Mapping[str, pa.Array],
    rows: Mapping[str, NDArray[np.int64]],
    target: NDArray[np.float64],
    directory: Path,
) -> tuple[Schema, dict[str, list[pa.Array]]]:
    """Fit on the training rows, transform the rows of each set, and keep the state in a directory.

    `values` are those of all rows by column, `rows` the numbers of each set's rows. The schema gets the
    columns that `transform` makes. Raises `UserError`.
    """
    import pandas as pd

    import frames
    from decisions import with_categories

    def frame_of(numbers: NDArray[np.int64]) -> pd.DataFrame:
        some = pa.array(numbers)
        return frames.frame(schema.used, (values[column.name].take(some) for column in schema.used))

    train = rows["train"]
    try:
        series = pd.Series(target[train], name=schema.target)
        state = saved(_called("fit", module, frame_of(train), series), directory)
        made = _transformed(module, frame_of(train), state)
        try:
            columns = frames.columns_of(made, [schema.target, *([schema.weight] if schema.weight else [])])
        except frames.FrameError as error:
            raise UserError(f"{WHERE}: what transform returned {error}") from None
        found = {"train": _values(columns, made)}
        columns = [
            with_categories(column, some) for column, some in zip(columns, found["train"], strict=True)
        ]
        fitted = replace(schema, made=tuple(columns))
        _check_single_rows(module, fitted, state, frame_of, train, found["train"])
        for name, numbers in rows.items():
            if name not in found:
                found[name] = _values(columns, _transformed(module, frame_of(numbers), state))
    except FeatureError as error:
        raise UserError(str(error)) from error.__cause__
    return fitted, found


def _check_single_rows(
    module: Any, schema: Schema, state: Any, frame_of: Any, numbers: NDArray[np.int64], made: list[pa.Array]
) -> None:
    """Raises `UserError` if a row alone is not what it is among others: an endpoint gets rows one by one."""
    tried = np.unique(np.linspace(0, len(numbers) - 1, min(TRIED_ROWS, len(numbers))).astype(int))
    together = schema.features([values.take(pa.array(tried)) for values in made], len(tried))
    for place, row in enumerate(tried):
        values = _values(schema.made, _transformed(module, frame_of(numbers[row : row + 1]), state))
        [alone] = schema.features(values, 1)
        close = np.isclose(alone, together[place], rtol=CLOSE, atol=CLOSE, equal_nan=True)
        if not close.all():
            at = int(np.argmin(close))
            ends = np.cumsum([size for _, size in schema.groups])
            name = schema.groups[int(np.searchsorted(ends, at, side="right"))][0]
            raise UserError(
                f"{WHERE}: transform gives one training row {alone[at]:g} in column {name!r} when it "
                f"comes alone, and {together[place][at]:g} among others: an endpoint gets single rows, so "
                "take what depends on other rows (means, ranks, categories) from the state that fit returns"
            )
