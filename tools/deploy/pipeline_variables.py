"""The variables of the deploy pipeline, as `src/infra/shared/sentinel.ts` has them."""

from __future__ import annotations

PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE = "ModelPackageArn", "RetryIn", "RollBackIn"
"""A package, and environments to try it again in or to return at once."""

NOWHERE = "none"
"""What a variable that names environments is unless somebody says otherwise: it cannot be empty."""
