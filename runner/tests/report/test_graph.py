"""The layout of the step graph and what its picture shows."""

from __future__ import annotations

import random
import time
from itertools import combinations
from pathlib import Path

import pytest

from local_runner.report.graph import edges, graph
from local_runner.report.layout import PASSING, arrange
from local_runner.report.record import load

from .reading import Kinds, Page
from .records import run, save, step


def test_layers_follow_the_longest_way() -> None:
    layout = arrange(list("abcd"), [("a", "b"), ("b", "c"), ("a", "d"), ("c", "d")])
    assert layout.layer == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_an_edge_that_a_longer_way_implies_is_left_out() -> None:
    layout = arrange(list("abc"), [("a", "b"), ("b", "c"), ("a", "c")])
    assert set(layout.routes) == {("a", "b"), ("b", "c")}


def test_a_circle_does_not_hang_and_loses_an_edge() -> None:
    layout = arrange(list("abc"), [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"), ("x", "a")])
    assert set(layout.layer) == set("abc")
    assert all(layout.layer[a] < layout.layer[b] for a, b in layout.routes)


def test_chains_side_by_side_do_not_cross() -> None:
    names = [f"{letter}{index}" for index in range(4) for letter in "pqr"]
    layout = arrange(names, [(f"{x}{i}", f"{x}{i + 1}") for x in "rqp" for i in range(3)])
    for letter in "pqr":
        assert len({layout.centre[f"{letter}{index}"] for index in range(4)}) == 1


def test_a_branch_is_centred_on_its_condition() -> None:
    layout = arrange(["check", "yes", "no"], [("check", "yes"), ("check", "no")])
    assert layout.centre["check"] == pytest.approx((layout.centre["yes"] + layout.centre["no"]) / 2)


@pytest.mark.parametrize("seed", range(12))
def test_nodes_never_overlap_and_edges_pass_between_them(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"n{index}" for index in range(draw.randint(1, 60))]
    links = [(a, b) for a, b in combinations(names, 2) if draw.random() < 2.2 / len(names)]
    begun = time.perf_counter()
    layout = arrange(names, links)
    assert time.perf_counter() - begun < 4
    for a, b in combinations(names, 2):
        if layout.layer[a] == layout.layer[b]:
            assert abs(layout.centre[a] - layout.centre[b]) > 1 - 1e-6
    for route in layout.routes.values():
        for layer, y in route[1:-1]:
            near = [abs(layout.centre[name] - y) for name in names if layout.layer[name] == layer]
            assert min(near) > (1 + PASSING) / 2 - 1e-6
    assert min(layout.centre.values()) >= -1e-9
    assert max(layout.centre.values()) <= layout.height - 1 + 1e-9


def test_a_branch_begins_at_its_condition_and_goes_on_by_its_own_dependencies(tmp_path: Path) -> None:
    inner = {"parent": "Check", "branch": "if"}
    steps = [
        step("Check", "Condition", 0, 1),
        step("First", "Processing", 1, 1, **inner),
        step("Second", "Processing", 2, 1, dependsOn=["First"], **inner),
        step("Other", "Fail", None, None, parent="Check", branch="else", status="Skipped"),
    ]
    identity = save(tmp_path, run("20261121T120000-aaaa", steps))
    assert edges(load(tmp_path, identity)) == [("Check", "First"), ("First", "Second"), ("Check", "Other")]


def test_the_picture_has_every_step_with_its_state_and_both_branches(kinds: Kinds) -> None:
    drawn = Page(graph(load(kinds.work, kinds.ids["binary"])))
    boxes = {box.all("text")[0].text: box for box in drawn.root.all("g", "step")}
    assert list(boxes) == ["Preprocess", "Train", "Evaluate", "CheckQuality", "Register", "QualityGateFailed"]
    assert boxes["Train"].classes == ["step", "is-ok"]
    assert "Succeeded · 3.10 s" in boxes["Train"].text
    assert "cached" in boxes["Preprocess"].classes
    assert "Reused" in boxes["Preprocess"].text
    assert boxes["QualityGateFailed"].classes == ["step", "is-skip"]
    pills = {pill.all("text")[0].text: pill.classes[1] for pill in drawn.root.all("g", "pill")}
    assert pills == {"if met": "taken", "if not": "untaken"}


def test_sixty_steps_are_all_drawn_and_the_description_stays_short(kinds: Kinds) -> None:
    drawn = Page(graph(load(kinds.work, kinds.ids["many"])))
    assert len(drawn.root.all("g", "step")) == 60
    assert drawn.root.all("desc")[0].text == "60 steps: 55 Succeeded, 4 Not emulated, 1 Skipped"


def test_every_state_has_its_own_icon_and_word(tmp_path: Path) -> None:
    states = ["NotStarted", "Executing", "Succeeded", "Failed", "Stopped", "Skipped", "NotEmulated"]
    steps = [step(f"S{index}", "Processing", 0, 1, status=state) for index, state in enumerate(states)]
    identity = save(tmp_path, run("20261121T120000-aaaa", steps))
    drawn = Page(graph(load(tmp_path, identity)))
    icons = [box.all("use")[0].attributes["href"] for box in drawn.root.all("g", "step")]
    words = [box.all("text")[-1].text.split(" · ")[0] for box in drawn.root.all("g", "step")]
    assert len(set(icons)) == len(states)
    assert words == ["Not started", "Running", "Succeeded", "Failed", "Stopped", "Skipped", "Not emulated"]
