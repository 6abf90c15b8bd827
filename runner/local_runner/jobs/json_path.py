"""The JSONPath expressions of batch transforms: names, positions, slices and wildcards, nothing else.

As on SageMaker one step may name several members (`$['id','SageMakerOutput']`, `$[0,5:]`): of an object that
gives an object, of an array an array.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from ..errors import DefinitionError, StepError, nearest

LONGEST = 63
_STEP = re.compile(r"\.(?P<name>[^.\[\]'\"\s*]+)|\.?\[(?P<inside>[^\[\]]+)\]|\.(?P<all>\*)")
_QUOTED = re.compile(r"\s*(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")\s*(?:,|$)")
_NUMBER = re.compile(r"\s*(?P<start>-?\d+)?(?P<slice>:(?P<end>-?\d+)?)?\s*(?:,|$)")

Selector = str | int | slice | None
"""A name, a position, a slice, or everything."""


class JsonPath:
    """One expression; `select` applies it."""

    def __init__(self, text: object, place: str) -> None:
        if not isinstance(text, str) or not text.startswith("$") or len(text) > LONGEST:
            raise DefinitionError(
                place, f"{text!r} is not a JSONPath: it begins with $ and has at most {LONGEST} characters"
            )
        self._text, self._place = text, place
        self._steps: list[list[Selector]] = []
        position = 1
        while position < len(text):
            match = _STEP.match(text, position)
            if match is None:
                self._refuse(position)
            if match["name"]:
                self._steps.append([match["name"]])
            else:
                inside = "*" if match["all"] else match["inside"].strip()
                self._steps.append(
                    [None] if inside == "*" else self._selectors(inside, match.start("inside"))
                )
            position = match.end()

    @property
    def everything(self) -> bool:
        """Say whether the expression selects all of its input."""
        return not self._steps

    def select(self, value: Any) -> Any:
        """Return what the expression selects; raises StepError for what is not there."""
        for selectors in self._steps:
            value = self._one(value, selectors)
        return value

    def _refuse(self, position: int) -> NoReturn:
        raise DefinitionError(
            self._place,
            f"{self._text!r} cannot be read from position {position + 1} on; batch transforms know .name,"
            " ['name'], [0], [1:3], [-1], several of them in one pair of brackets, and *",
        )

    def _selectors(self, inside: str, start: int) -> list[Selector]:
        found: list[Selector] = []
        position = 0
        while position < len(inside):
            if match := _QUOTED.match(inside, position):
                found.append(match["single"] if match["single"] is not None else match["double"])
            else:
                match = _NUMBER.match(inside, position)
                if match is None or (match["start"] is None and match["slice"] is None):
                    self._refuse(start + position)
                first = None if match["start"] is None else int(match["start"])
                last = None if match["end"] is None else int(match["end"])
                found.append(slice(first, last) if match["slice"] else first)
            position = match.end()
        return found

    def _one(self, value: Any, selectors: list[Selector]) -> Any:
        if selectors == [None]:
            return list(value.values()) if isinstance(value, dict) else list(self._array(value))
        if all(isinstance(item, str) for item in selectors):
            names = [str(item) for item in selectors]
            if not isinstance(value, dict):
                self._missing(names[0], [])
            for name in names:
                if name not in value:
                    self._missing(name, value)
            return value[names[0]] if len(names) == 1 else {name: value[name] for name in names}
        array = self._array(value)
        if len(selectors) == 1 and isinstance(selectors[0], int):
            return self._at(array, selectors[0])
        found: list[Any] = []
        for item in selectors:
            found += array[item] if isinstance(item, slice) else [self._at(array, item)]
        return found

    def _array(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise StepError(
                f"{self._place}: {self._text} asks for positions, but this is not an array: {value!r:.80}."
            )
        return value

    def _at(self, array: list[Any], item: Selector) -> Any:
        if not isinstance(item, int) or not -len(array) <= item < len(array):
            raise StepError(
                f"{self._place}: {self._text} asks for position {item}; the record has {len(array)} values."
            )
        return array[item]

    def _missing(self, name: str, known: Any) -> NoReturn:
        raise StepError(
            f"{self._place}: {self._text} asks for {name!r}, which the record does not have."
            f"{nearest(name, known)}"
        )
