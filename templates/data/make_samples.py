"""Write the sample data sets of a new repository: real data that ships with scikit-learn, one CSV per problem type.

    python templates/data/make_samples.py [DIRECTORY]

Values are written as scikit-learn has them (shortest text that reads back to the same number), so the files are the
same bytes wherever they are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

TARGET = "target"


def number(value: float) -> str:
    """The shortest text of a number; whole numbers without a decimal point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def samples() -> Iterator[tuple[str, list[str], list[list[float]]]]:
    """Name, header and rows (target last) of each sample data set."""
    for name, bunch in (
        ("breast_cancer", load_breast_cancer()),
        ("digits", load_digits()),
        ("diabetes", load_diabetes(scaled=False)),
    ):
        header = [str(feature).replace(" ", "_") for feature in bunch.feature_names]
        rows = [[*map(float, row), float(target)] for row, target in zip(bunch.data, bunch.target, strict=True)]
        yield name, [*header, TARGET], rows


def main(directory: Path) -> None:
    """Write `<name>.csv` of every sample into a directory."""
    for name, header, rows in samples():
        lines = [",".join(header), *(",".join(map(number, row)) for row in rows)]
        (directory / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
