"""The confusion matrix as a heat map: rows are actual, columns predicted, colour the share of the row."""

from __future__ import annotations

from collections.abc import Sequence

from ..evaluation import Confusion
from ..markup import Markup, el
from ..svg import label, picture
from ..text import fit, percent, plural, width

LEVELS = 8
LONGEST_LABEL = 116.0
WITHOUT_NUMBERS = 26


def level(share: float) -> int:
    """Return the colour step (0 to LEVELS) of a row's share; 0 is only nothing at all."""
    return 0 if share <= 0 else min(LEVELS, 1 + int(share * LEVELS * 0.9999))


def numbered(labels: Sequence[str]) -> bool:
    """Say whether the labels cannot be told apart once they are shortened, so that numbers must help."""
    return len({fit(name, LONGEST_LABEL, 12) for name in labels}) < len(set(labels))


def confusion_matrix(key: str, matrix: Confusion) -> Markup:
    """Return the picture with counts and row percentages; over 26 classes only the colours are left."""
    count = len(matrix.labels)
    cell = (
        128.0
        if count == 2
        else 64.0
        if count <= 5
        else 48.0
        if count <= 12
        else 42.0
        if count <= 26
        else 20.0
    )
    tall = cell if count > 2 else 104.0
    room = min(LONGEST_LABEL, max((width(name, 12) for name in matrix.labels), default=0) + 4)
    by_number = numbered(matrix.labels)
    names = [f"{at} · {name}" if by_number else name for at, name in enumerate(matrix.labels, 1)]
    room = LONGEST_LABEL if by_number else room
    turned = not by_number and any(width(name, 12) > cell - 6 for name in matrix.labels)
    left = room + 12
    top = 28 + (room + 6 if turned else 20)
    right, bottom = left + cell * count, top + tall * count
    parts: list[Markup] = [
        label(max(left, 66.0), 15, "Predicted →", class_="axis-title"),
        label(0, 15, "Actual ↓", class_="axis-title"),
    ]
    for index, name in enumerate(names):
        x, y = left + cell * (index + 0.5), top + tall * (index + 0.5)
        short = fit(name, room, 12)
        parts.append(label(left - 9, y + 4, short, "end", class_="class-name"))
        parts.append(
            label(
                0,
                0,
                short,
                class_="class-name",
                transform=f"translate({x + 4:.1f} {top - 8:.1f}) rotate(-90)",
            )
            if turned
            else label(x, top - 9, str(index + 1) if by_number else short, "middle", class_="class-name")
        )
    for row, counts in enumerate(matrix.counts):
        parts += [
            _cell(matrix, row, column, left + cell * column, top + tall * row, cell, tall)
            for column in range(len(counts))
        ]
    parts += [
        el(
            "rect",
            x=left + cell * at + 1,
            y=top + tall * at + 1,
            width=cell - 2,
            height=tall - 2,
            rx=4,
            class_="diagonal",
        )
        for at in range(count)
    ]
    description = (
        f"{matrix.correct:,} of {plural(matrix.total, 'row')} on the diagonal. "
        "Rows are the actual class, columns the predicted one. " + (_sentences(matrix) if count <= 12 else "")
    )
    return picture(
        key,
        right + 2,
        bottom + 4,
        "Confusion matrix",
        description,
        *parts,
        class_="heat small" if count <= 5 else "heat",
    )


def _cell(matrix: Confusion, row: int, column: int, x: float, y: float, cell: float, tall: float) -> Markup:
    count = matrix.counts[row][column]
    total = sum(matrix.counts[row])
    share = count / total if total else 0.0
    pair = f"actual {matrix.labels[row]}, predicted {matrix.labels[column]}"
    title = f"{pair}: {count:,} ({percent(share)} of the row)"
    parts: list[Markup] = [
        el("title", title),
        el("rect", x=x + 1, y=y + 1, width=cell - 2, height=tall - 2, rx=4),
    ]
    middle = y + tall / 2
    if len(matrix.labels) <= WITHOUT_NUMBERS:
        big = 22 if cell > 80 else 15 if cell > 60 else 13
        if count:
            parts.append(
                label(
                    x + cell / 2, middle + 1, _compact(count, cell, big), "middle", class_=f"count size-{big}"
                )
            )
            parts.append(
                label(
                    x + cell / 2, middle + (18 if big > 15 else 14), percent(share), "middle", class_="share"
                )
            )
        else:
            parts.append(label(x + cell / 2, middle + 4, "0", "middle", class_="count none size-13"))
    return el("g", *parts, class_=f"cell heat-{level(share)}")


def _compact(count: int, cell: float, size: float) -> str:
    plain = f"{count:,}"
    if width(plain, size, bold=True) <= cell - 6:
        return plain
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.0f}{unit}" if count >= 10 * limit else f"{count / limit:.1f}{unit}"
    return plain


def _sentences(matrix: Confusion) -> str:
    sentences = []
    for name, counts in zip(matrix.labels, matrix.counts, strict=True):
        said = [f"{count:,} as {other}" for other, count in zip(matrix.labels, counts, strict=True) if count]
        if said:
            sentences.append(f"{name}: {', '.join(said)}.")
    return " ".join(sentences)
