#!/bin/bash
# Step of the upgrade workflow: the upgrade as a patch beside its report, and whether there is one at all.
set -eu
git add --all
git diff --cached --binary >build/upgrade/upgrade.patch
{
  echo "changed=$(jq -r .changed build/upgrade/result.json)"
  echo "commit=$(git rev-parse HEAD)"
} >>"$GITHUB_OUTPUT"
