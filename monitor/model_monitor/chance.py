"""How probable it is that chance alone makes a difference as great as one that was seen.

Every function gives an upper bound or the usual approximation of a tail; scipy is not in the images.
"""

from __future__ import annotations

import math
from functools import lru_cache

STEPS = 1000
PRECISE = 1e-15


def kolmogorov_tail(distance: float, first: int, second: int) -> float:
    """P(D >= distance) for two samples of the same distribution, by its limit; ties only lower it."""
    root = distance * math.sqrt(first * second / (first + second))
    if root < 0.3:
        return 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * root) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def kolmogorov_critical(alpha: float, first: int, second: int) -> float:
    """The distance that chance exceeds with probability `alpha`."""
    return math.sqrt(math.log(2 / alpha) / 2 * (1 / first + 1 / second))


def chi_square_tail(value: float, freedom: int) -> float:
    """P(X >= value): the regularised upper incomplete gamma function."""
    if value <= 0 or freedom < 1:
        return 1.0
    a, x = freedom / 2, value / 2
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, STEPS * 10):
            term *= x / (a + n)
            total += term
            if term < total * PRECISE:
                break
        return max(0.0, 1 - front * total)
    # Lentz's method for the continued fraction.
    b = x + 1 - a
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, STEPS * 10):
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b or 1e-300)
        c = b + step / c or 1e-300
        fraction *= d * c
        if abs(d * c - 1) < PRECISE:
            break
    return min(1.0, front * fraction)


@lru_cache(maxsize=4096)
def chi_square_critical(alpha: float, freedom: int) -> float:
    """The value that chance exceeds with probability `alpha`."""
    low, high = 0.0, float(freedom + 10)
    while chi_square_tail(high, freedom) > alpha:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_tail(middle, freedom) > alpha else (low, middle)
    return high


def more_often(now: int, rows: int, before: int, rows_before: int) -> float:
    """P(at least `now` of `rows`) if these and the earlier ones come from one urn (Fisher's exact test)."""
    marked, total = now + before, rows + rows_before
    if now == 0 or not rows or now * total <= marked * rows:
        return 1.0
    logarithm = _choose(rows, now) + _choose(rows_before, before) - _choose(total, marked)
    probability, term = 0.0, math.exp(min(0.0, logarithm))
    for k in range(now, min(marked, rows) + 1):
        probability += term
        term *= (rows - k) * (marked - k) / ((k + 1) * (rows_before - marked + k + 1))
        if term < probability * PRECISE:
            break
    return min(1.0, probability)


def more_often_than(now: int, rows: int, share: float) -> float:
    """P(at least `now` of `rows`) if each is marked with probability `share`."""
    if now == 0 or share >= 1 or now <= rows * share:
        return 1.0
    if share <= 0:
        return 0.0
    logarithm = _choose(rows, now) + now * math.log(share) + (rows - now) * math.log1p(-share)
    probability, term = 0.0, math.exp(min(0.0, logarithm))
    for k in range(now, rows + 1):
        probability += term
        term *= (rows - k) / (k + 1) * share / (1 - share)
        if term < probability * PRECISE:
            break
    return min(1.0, probability)


def all_new(now: int, rows: int, rows_before: int) -> float:
    """P(`now` certain rows are all among the later `rows`): those of a new category, or beyond a limit."""
    if now == 0:
        return 1.0
    if now > rows:
        return 0.0
    total = rows + rows_before
    return math.exp(min(0.0, _choose(total - now, rows_before) - _choose(total, rows_before)))


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
