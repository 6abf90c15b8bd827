"""What happened, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from .gate import Decision, decisions, gate_step
from .history import Version
from .names import metric_title, status_words
from .record import Run, Step
from .text import plural

SENTENCE_LIMIT = 240


@dataclass(frozen=True)
class Verdict:
    """`tone` is good, bad, warn, busy or plain; `label` says the same in a word or two."""

    tone: str
    label: str
    sentence: str
    detail: str | None = None
    command: str | None = None
    icon: str = ""


def verdict(run: Run, versions: list[Version]) -> Verdict:
    """Return the verdict on a run; `versions` are the registry's current entries of what it registered."""
    if run.status in {"Executing", "Unknown"}:
        return _unfinished(run)
    missed = _missed(run)
    failed = [step for step in run.steps if step.status == "Failed"]
    if run.status == "Stopped":
        ended = [step for step in run.steps if step.status in {"Stopped", "Executing"}]
        where = f" while {_listing(ended)} {'was' if len(ended) == 1 else 'were'} running" if ended else ""
        return Verdict(
            "warn",
            "Stopped",
            f"Stopped{where}; nothing was registered." if not run.registered else f"Stopped{where}.",
            run.failure,
            _rerun(run, ended),
        )
    if missed and all(step.type == "Fail" for step in failed):
        return Verdict("bad", "Quality gate missed", _missed_sentence(missed), _reason(failed, run))
    if run.status == "Failed" or failed:
        return _failed(run, failed)
    return _succeeded(run, versions)


def _succeeded(run: Run, versions: list[Version]) -> Verdict:
    simulated = [step for step in run.steps if step.status == "NotEmulated"]
    detail = (
        f"{plural(len(simulated), 'step')} not emulated here, so not tested: {_listing(simulated)}."
        if simulated
        else None
    )
    kind = ("warn", "Incomplete") if simulated else ("good", "Succeeded")
    icon = "unreal" if simulated else ""
    if not run.registered:
        ran = sum(step.status == "Succeeded" for step in run.steps)
        if not run.registers:
            kind = kind if simulated else ("good", "Experiment succeeded")
            words = f"{plural(ran, 'step')} succeeded; nothing was registered: this run is an experiment."
            return Verdict(*kind, words, detail, icon=icon)
        return Verdict(*kind, f"{plural(ran, 'step')} succeeded; no model was registered.", detail, icon=icon)
    parts = []
    for entry in run.registered:
        current = next((version for version in versions if version.arn and version.arn == entry.arn), None)
        status = current.status if current else entry.status
        parts.append(f"{entry.group or run.pipeline} version\u00a0{entry.version}, {status_words(status)}")
    return Verdict(*kind, f"Registered {'; '.join(parts)}.", detail, icon=icon)


def _failed(run: Run, failed: list[Step]) -> Verdict:
    if not failed:
        return Verdict("bad", "Failed", "The run failed before its first step.", run.failure)
    first = min(failed, key=lambda step: step.end or "~")
    others = len(failed) - 1
    also = f" {plural(others, 'other step')} failed too." if others else ""
    label = "Completed with failures" if run.status == "CompletedWithFailures" else "Failed"
    return Verdict("bad", label, f"Failed at step {first.title}.{also}", _reason([first], run), first.rerun)


def _unfinished(run: Run) -> Verdict:
    done = sum(step.status in {"Succeeded", "Skipped", "NotEmulated"} for step in run.steps)
    now = [step for step in run.steps if step.status == "Executing"]
    where = f"{_listing(now)} running" if now else "none running"
    return Verdict(
        "busy",
        "Not finished",
        f"Not finished: {done} of {plural(len(run.steps), 'step')} done, {where}.",
        "The run was still going on when this page was written. Write the report again to see the result.",
    )


def _missed(run: Run) -> Decision | None:
    gate = gate_step(run)
    if gate is None or gate.outcome != "False":
        return None
    found = [decision for decision in decisions(run) if decision.step is gate]
    return next((decision for decision in found if decision.met is False), found[0] if found else None)


def _missed_sentence(decision: Decision) -> str:
    return (
        f"{metric_title(decision.metric)} is {decision.left}, the gate asks for "
        f"{decision.sign} {decision.right}; nothing was registered."
    )


def _reason(failed: list[Step], run: Run) -> str | None:
    reason = next((step.failure for step in failed if step.failure), run.failure)
    if reason and len(reason) > SENTENCE_LIMIT * 4:
        return reason[: SENTENCE_LIMIT * 2] + " … " + reason[-SENTENCE_LIMIT * 2 :]
    return _sentence(reason) if reason else None


def _sentence(words: str) -> str:
    """Begin with a capital letter, unless the first word is a name such as train.py."""
    first = words.partition(" ")[0]
    return first.capitalize() + words[len(first) :] if first.isalpha() and first.islower() else words


def _rerun(run: Run, ended: list[Step]) -> str | None:
    return next((step.rerun for step in ended if step.rerun), None) or run.command or None


def _listing(steps: list[Step]) -> str:
    names = [step.title for step in steps[:4]]
    if len(steps) > 4:
        return ", ".join(names) + f" and {len(steps) - 4} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
