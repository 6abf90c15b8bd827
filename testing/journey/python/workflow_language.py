"""What workflows say: GitHub's own parser of them and its own evaluator of expressions, in a process of Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from values import JourneyError

Contexts = dict[str, Any]
Status = dict[str, bool]

ROOT = Path(__file__).resolve().parents[3]
EXPRESSION = "$expression"


class WorkflowError(JourneyError):
    """A workflow that GitHub would not take, or that the journey does not know."""


class Language:
    """Asks the process; it is started by the first question."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begins to load what reads workflows; the first question does so, too."""
        if self._process is None:
            script = str(ROOT / "testing" / "journey" / "workflow-language.ts")
            # In one process, where tsx itself begins another one.
            command = ["node", "--import", "tsx", script]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
            )

    def stop(self) -> None:
        """Ends the process."""
        if self._process and self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
            self._process = None

    def parse(self, name: str, text: str) -> dict[str, Any]:
        """A workflow as GitHub's schema reads it, with its expressions unread."""
        answer = self._ask({"parse": {"name": name, "content": text}})
        if answer["errors"]:
            raise WorkflowError(f"{name} is no workflow: {'; '.join(answer['errors'])}")
        workflow: dict[str, Any] = answer["workflow"]
        return workflow

    def value(self, given: Any, contexts: Contexts) -> Any:
        """Something of a workflow with all expressions in it evaluated."""
        if isinstance(given, dict) and EXPRESSION in given:
            return self._evaluate(given[EXPRESSION], contexts, None)["value"]
        if isinstance(given, dict):
            return {key: self.value(item, contexts) for key, item in given.items()}
        return [self.value(item, contexts) for item in given] if isinstance(given, list) else given

    def text(self, given: Any, contexts: Contexts) -> str:
        """The text that is written where an expression, or none, stands."""
        if isinstance(given, dict) and EXPRESSION in given:
            return str(self._evaluate(given[EXPRESSION], contexts, None)["text"])
        if isinstance(given, bool):
            return str(given).lower()
        return "" if given is None else str(given)

    def texts(self, given: dict[str, Any], contexts: Contexts) -> dict[str, str]:
        """The same for each value of a mapping."""
        return {key: self.text(item, contexts) for key, item in given.items()}

    def holds(self, condition: str, contexts: Contexts, status: Status) -> bool:
        """Whether a condition lets a job or a step run."""
        return self._evaluate(f"!({condition})", contexts, status)["value"] is False

    def _evaluate(self, expression: str, contexts: Contexts, status: Status | None) -> dict[str, Any]:
        question: dict[str, Any] = {"evaluate": expression, "contexts": contexts}
        answer = self._ask(question if status is None else {**question, "status": status})
        if "error" in answer:
            raise WorkflowError(f"GitHub cannot evaluate {answer['error']}")
        return answer

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self.start()
        assert self._process
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise JourneyError(f"the reader of workflows ended at {json.dumps(question)[:300]}")
        answer: dict[str, Any] = json.loads(line)
        return answer
