#!/bin/bash
# Last step of the upgrade where another job offers it: the upgrade as a patch beside its report.
# Leaves CHANGED (true or false) and COMMIT, the commit that the patch is for, in the job's shell.
git add --all
git diff --cached --binary >build/upgrade/upgrade.patch
CHANGED="$(jq -r .changed build/upgrade/result.json)"
COMMIT="$(git rev-parse HEAD)"
