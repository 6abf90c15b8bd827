"""The page as a whole: what it says, that it stands alone, and that it can be read by everyone."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re

import pytest

from .reading import Kinds, Page

KINDS = ["binary", "multiclass", "regression", "missed", "failed", "stopped", "many", "classes"]


@pytest.mark.parametrize(
    ("kind", "label", "sentence"),
    [
        ("binary", "Succeeded", "Registered churn version\u00a03, awaiting approval."),
        (
            "missed",
            "Quality gate missed",
            "Accuracy is 0.9415, the gate asks for ≥ 0.97; nothing was registered.",
        ),
        ("failed", "Failed", "Failed at step Train."),
        ("stopped", "Stopped", "Stopped while Train was running; nothing was registered."),
        ("many", "Incomplete", "Registered churn version\u00a041, awaiting approval."),
    ],
)
def test_the_header_says_in_one_sentence_what_happened(
    kinds: Kinds, kind: str, label: str, sentence: str
) -> None:
    header = kinds.page(kind).root.all("header")[0]
    assert header.all("h1")[0].text == sentence
    assert header.all(class_="verdict-label")[0].texts == [label]


def test_a_failed_run_shows_reason_and_the_command_to_go_on(kinds: Kinds) -> None:
    header = kinds.page("failed").root.all("header")[0]
    assert "column 'target' holds 3 classes" in header.all(class_="reason")[0].text
    assert f"run --only Train --from-run {kinds.ids['failed']}" in header.all("pre")[0].text


def test_steps_that_were_not_emulated_are_never_called_succeeded(kinds: Kinds) -> None:
    root = kinds.page("many").root
    assert "4 steps not emulated here" in root.all("header")[0].text
    rows = [row.text for row in root.all(class_="timeline")[0].all("tr") if "NotifyTeam" in row.text]
    assert len(rows) == 1
    assert "Not emulated" in rows[0]
    assert "Succeeded" not in rows[0]


@pytest.mark.parametrize(
    ("kind", "sections"),
    [
        (
            "binary",
            "steps gate quality probabilities segments features registration sample data lineage parameters "
            "training logs environment",
        ),
        (
            "regression",
            "steps gate quality segments features registration sample data lineage parameters training logs "
            "environment",
        ),
        ("failed", "steps gate lineage parameters logs environment"),
        ("many", "steps gate registration lineage parameters tuning logs environment"),
    ],
)
def test_the_sections_are_those_the_run_can_fill(kinds: Kinds, kind: str, sections: str) -> None:
    root = kinds.page(kind).root
    assert [section.attributes["id"] for section in root.all("section")] == sections.split()
    links = [link.attributes["href"] for link in root.all("nav")[0].all("a")]
    assert links == [f"#{name}" for name in sections.split()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_loads_nothing_and_its_policy_allows_nothing(kinds: Kinds, kind: str) -> None:
    page = kinds.page(kind)
    metas = page.root.all("meta")
    policy = next(
        meta.attributes["content"]
        for meta in metas
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style = page.root.all("style")[0].texts[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression\(", style)
    assert {each.name for each in page.root.all()}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "form", "base", "foreignobject", "image"}
    )
    for each in page.root.all():
        assert not {
            name for name in each.attributes if name.startswith("on") or name in {"style", "src", "srcset"}
        }
        assert each.attributes.get("href", "#").startswith("#")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_can_be_read_without_seeing_it(kinds: Kinds, kind: str) -> None:
    root = kinds.page(kind).root
    identities = [each.attributes["id"] for each in root.all() if "id" in each.attributes]
    assert len(identities) == len(set(identities))
    for each in root.all():
        for name in each.attributes.get("aria-labelledby", "").split():
            assert root.get(name).text.strip()
        if each.attributes.get("href", "").startswith("#"):
            assert each.attributes["href"][1:] in identities
    for table in root.all("table"):
        assert table.all("caption")[0].text.strip()
        assert all(head.attributes.get("scope") in {"col", "row"} for head in table.all("th"))
        assert all(head.text.strip() for head in table.all("th"))
        widths = {
            len([cell for cell in row.children if cell.name in {"td", "th"}]) for row in table.all("tr")
        }
        assert len(widths) == 1
    for picture in root.all("svg"):
        if picture.attributes.get("aria-hidden") != "true":
            assert picture.attributes["role"] == "img"
            assert [child.name for child in picture.children[:2]] == ["title", "desc"]
    levels = [int(each.name[1]) for each in root.all() if re.fullmatch("h[1-6]", each.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert root.all("html")[0].attributes["lang"] == "en"


def test_the_same_record_gives_the_same_page(kinds: Kinds) -> None:
    first, second = (re.sub(r"Written on [^<]*? from", "", kinds.page("binary").source) for _ in range(2))
    assert first == second


def test_a_page_that_is_broken_is_noticed_by_these_tests() -> None:
    with pytest.raises(AssertionError):
        Page("<div><p></div>")
