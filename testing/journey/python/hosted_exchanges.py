"""Scenes in which somebody exchanges what the jobs of a run hand on to each other.

Every job of a run may replace its artifacts, also one without any rights in AWS that runs code of a commit.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass, field

from facts import Group
from hosted import Hosted
from journey import expect
from workflow_machine import Machine
from workflow_runs import KeptArtifact, Run


@dataclass
class Thief:
    """Exchanges each artifact once for each job that brings it."""

    struck: list[tuple[str, str]] = field(default_factory=list)
    """Jobs and artifacts."""
    open: list[tuple[str, str]] = field(default_factory=list)
    """Those that were not noticed yet."""

    def bring(self, machine: Machine, artifact: KeptArtifact) -> bytes:
        """What comes instead of an artifact."""
        what = (machine.job.job.identity, artifact.name)
        if what in self.struck:
            return artifact.data
        self.struck.append(what)
        self.open.append(what)
        return exchange(artifact)


def opened(artifact: KeptArtifact) -> tuple[str, io.BytesIO]:
    """The archive that a job has packed, with its name."""
    packed = zipfile.ZipFile(io.BytesIO(artifact.data))
    [name] = packed.namelist()
    return name, io.BytesIO(packed.read(name))


def exchange(artifact: KeptArtifact) -> bytes:
    """The same files, and one more."""
    name, content = opened(artifact)
    with tarfile.open(fileobj=content, mode="a") as archive:
        archive.addfile(tarfile.TarInfo("exchanged"))
    return _packed(name, content)


def forge(machine: Machine, artifact: KeptArtifact) -> bytes:
    """Another diff, and for whoever compares the archive's digest, that of the forged archive."""
    if not artifact.name.startswith("Diff-"):
        return artifact.data
    name, content = opened(artifact)
    with tarfile.open(fileobj=content) as archive:
        shown = archive.extractfile("./diff.json")
        assert shown
        entries = shown.read().replace(b'"protected": true', b'"protected": false')
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        about = tarfile.TarInfo("./diff.json")
        about.size = len(entries)
        archive.addfile(about, io.BytesIO(entries))
    stage = artifact.name.removeprefix("Diff-")
    machine.run.jobs[f"diff-{stage}"].outputs["handed-on"] = hashlib.sha256(made.getvalue()).hexdigest()
    return _packed(name, made)


def _packed(name: str, content: io.BytesIO) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(name, content.getvalue())
    return buffer.getvalue()


def exchanged(h: Hosted, group: Group) -> None:
    """What is exchanged between the jobs of a deployment the job notices that brings it; run again, all is well."""
    h.begin(group)
    thief = Thief()
    h.github.actions.bring = thief.bring
    package = h.approve_version(group)
    run = h.deployment_of(group, package)
    _noticed(h, run, thief)
    h.expect_live(group, package)


def change_exchanged(h: Hosted, group: Group) -> None:
    """The same of a change of the infrastructure."""
    h.begin(group)
    thief = Thief()
    h.github.actions.bring = thief.bring
    _noticed(h, h.change(), thief)


def change_forged(h: Hosted, group: Group) -> None:
    """What was shown has a digest of its own, which is compared where the archive's would not tell."""
    h.begin(group)
    executed = h.journey.world.infrastructure.executed
    before = len(executed)
    h.github.actions.bring = forge
    run = h.change()
    h.say_yes(run)
    h.github.actions.bring = lambda _, artifact: artifact.data
    h.fail(run, "someone replaced it")
    expect(len(executed) == before, "something else was executed than what was shown")


def _noticed(h: Hosted, run: Run, thief: Thief) -> None:
    """Until the run comes to its end, with everything noticed that the thief has done."""
    h.say_yes(run)
    while thief.open:
        for job, artifact in thief.open:
            said = run.jobs[job].message
            expect(run.jobs[job].result == "failure", f"{job} did not notice that {artifact} was exchanged")
            expect(f"The artifact {artifact} is not what the job" in said, f"{job} only says of {artifact}: {said}")
        thief.open.clear()
        h.again(run)
        h.say_yes(run)
    h.github.actions.bring = lambda _, artifact: artifact.data
    h.succeed(run)
    done = [job for job in run.workflow.jobs.values() if run.jobs[job.identity].result == "success"]
    brought = {(job.identity, step.inputs["name"]) for job in done for step in job.steps
               if step.uses.startswith("actions/download-artifact@")}  # fmt: skip
    expect(set(thief.struck) == brought, f"nobody exchanged {sorted(brought - set(thief.struck))}")
