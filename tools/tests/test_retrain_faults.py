"""
A fault in what trains a model again shows in one of its stories.

`npm test` tries some, picked by the commit or TEST_SEED; TEST_LONG=true all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from moto import mock_aws

from retrain_stories import STORIES, opener
from retraining import TOOLS, changed_code
from short_run import sample

SHORT = 8
"""How many a short run tries."""

MUTATIONS = [
    ("the lock has no condition", "retrain_memory.py", "OR #number = :number", "OR #number <> :state"),
    (
        "the state is never new",
        "retrain_memory.py",
        '":next": {"N": str(number + 1)}',
        '":next": {"N": str(number)}',
    ),
    ("the cool-down is ignored", "retrain_limits.py", "if now < free - SLACK:", "if now < last:"),
    ("the cool-down has no slack", "retrain_limits.py", "if now < free - SLACK:", "if now < free:"),
    ("the day has no slack", "retrain_limits.py", "now - DAY + SLACK", "now - DAY"),
    (
        "the day has no limit",
        "retrain_limits.py",
        "if len(today) >= settings.max_per_day",
        "if len(today) > 99",
    ),
    (
        "the day ends at midnight of the start",
        "retrain_limits.py",
        "return State(starts=(*recent, now)",
        "return State(starts=(now,)",
    ),
    ("the age is ignored", "retrain_limits.py", "if cause.at < now - TOO_OLD", "if cause.at < 0"),
    ("what the last one answered starts one", "retrain_limits.py", "if cause.at < last:", "if cause.at < 0:"),
    (
        "broken data trains",
        "retrain_cause.py",
        'is not True or detail.get("outcome") != "violations"',
        "is not True",
    ),
    ("what is not asked for trains", "retrain_cause.py", 'detail.get("retrain") is not True or', ""),
    (
        "another account is believed",
        "retrain_cause.py",
        '(event.get("account"), event.get("region")) != (account, region)',
        'event.get("region") != region',
    ),
    (
        "another region is believed",
        "retrain_cause.py",
        '(event.get("account"), event.get("region")) != (account, region)',
        'event.get("account") != account',
    ),
    ("any package is believed", "retrain_cause.py", "if version is None:", "if version == 0:"),
    (
        "any reason trains",
        "retrain_cause.py",
        "if environment.reasons.get(reason) != kind:",
        "if not reason:",
    ),
    (
        "another project is believed",
        "retrain_cause.py",
        '(detail.get("project"), detail.get("group")) != (settings.project, settings.group)',
        'detail.get("group") != settings.group',
    ),
    (
        "any object trains",
        "retrain_cause.py",
        "bucket != place.bucket or not key.startswith(place.prefix)",
        "bucket != place.bucket",
    ),
    (
        "any schedule trains",
        "retrain_cause.py",
        'settings.schedule_rule is None or list(event.get("resources", [])) != [settings.schedule_rule]',
        "settings.schedule_rule is None",
    ),
    ("quotation marks stay", "retrain_cause.py", 'NOT_TAKEN.sub("-", text)', "text"),
    ("reasons have no end", "retrain_cause.py", "if len(fitting) <= REASON_LIMIT", "if fitting"),
    ("what is not approved is trained again", "retrain.py", "if not package.approved:", "if not package:"),
    ("the commit is any text", "retrain.py", "if not COMMIT_ID.fullmatch(commit):", "if not commit:"),
    (
        "the newest commit is always built",
        "retrain_engine.py",
        '**({"sourceRevisions": revisions} if commit else {})',
        "**({})",
    ),
    (
        "the token is new each time",
        "retrain.py",
        "commit, cause.id)\n",
        "commit, str(self._now()))\n",
    ),
    (
        "a start is not taken up again",
        "retrain.py",
        "if state.holder == cause.id:\n",
        "if state.holder is cause:\n",
    ),
    ("a running build holds nobody", "retrain.py", "or self._under_way(state)", "or None"),
    ("a waiting version holds nobody", "retrain_waiting.py", "package.approval != PENDING", "package"),
    ("any waiting version holds", "retrain_waiting.py", " or reason == NO_REASON", ""),
    ("a decided version holds", "retrain_waiting.py", "package.approval != PENDING or ", ""),
    ("a waiting version holds the schedule", "retrain.py", " or cause.package is None:", ":"),
    ("a folder trains", "retrain_cause.py", 'if key.endswith("/") and', 'if key == "" and'),
    (
        "an empty object is a folder",
        "retrain_cause.py",
        'if key.endswith("/") and int(',
        "if int(",
    ),
    (
        "an event is handled twice",
        "retrain.py",
        "if (outcome := self._memory.outcome(cause.id)) is not None:",
        'if (outcome := self._memory.outcome(cause.id)) == "never":',
    ),
    ("each one that is held back is told", "retrain.py", "if is_new:", "if is_new or True:"),
    ("nothing that is held back is told", "retrain.py", "if is_new:", "if is_new and False:"),
    ("it is not kept why", "retrain.py", "rule=held.rule, why=held.why)", "rule=held.rule)"),
    ("lost events are not noticed", "retrain.py", 'if answer.get("FailedEntryCount"):', "if answer is None:"),
    ("it is told once for ever", "retrain_limits.py", "before.at > now - TOLD_AGAIN", "before.at > 0"),
    (
        "another start is told to be held back once",
        "retrain_limits.py",
        'f"{cause.what}: {held.rule}"',
        "held.rule",
    ),
]


TRIED = sample(MUTATIONS, SHORT, "faults of retraining")


def test_each_fault_can_be_put_into_the_code_as_it_is() -> None:
    """Also those that a short run does not try."""
    for what, file, old, new in MUTATIONS:
        text = (TOOLS / file).read_text(encoding="utf-8")
        assert text.count(old) == 1 and old != new, f"{what}: {file} has changed"


@pytest.mark.parametrize(("what", "file", "old", "new"), TRIED, ids=[m[0] for m in TRIED])
def test_a_fault_shows(
    what: str, file: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with changed_code(tmp_path, file, old, new) as code:
        for each in STORIES.values():
            try:
                with mock_aws(), monkeypatch.context() as patches:
                    each(opener(patches, tmp_path, code))
            except (AssertionError, pytest.fail.Exception, Exception):
                return
    pytest.fail(f"nothing shows that {what}")
