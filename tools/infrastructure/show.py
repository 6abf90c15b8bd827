"""Shows what a stage would change, by reading alone: it leaves nothing that anybody could execute.

Nothing of the commit's code runs here: this comes from the last approved deployment, and the commit's cloud
assembly is read as data. STAGE names the stage.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bootstrap import LookupAws
from change_sets import Wait
from looking import look
from programs import hand_over, run
from telling import tell_of_wait


def main(wait: Wait | None = None) -> int:
    """Works on the cloud assembly that the first argument names, writes to the folder of the second one."""
    assembly, folder = (Path(argument) for argument in sys.argv[1:3])

    def work() -> None:
        aws = LookupAws()
        stages = Path(__file__).resolve().parent / "stages.json"
        stage = aws.stage(stages)
        found = look(aws, stage, assembly, wait or Wait())
        digest = hand_over(
            folder,
            [shown.entry for shown in found],
            [line for shown in found for line in shown.text],
            {shown.planned.name: shown.counts for shown in found if shown.changed},
            f"Nothing of {stage.project} changes in this stage.",
        )
        if any(shown.changed for shown in found):
            tell_of_wait(aws, os.environ["STAGE"], digest, stages)

    return run(work)


if __name__ == "__main__":
    sys.exit(main())
