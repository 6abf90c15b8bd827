#!/bin/bash
# Last command of the scheduled build where it cannot open a pull request: keeps the upgrade as a patch.
# Environment: UPGRADE_LOCATION, SOURCE_BRANCH, SOURCE_COMMIT; the report of the upgrade lies in build/upgrade.
set -eu
if [ "$(node -p "require('./build/upgrade/result.json').changed")" != "true" ]; then
  echo "Nothing to upgrade."
  exit 0
fi
git add --all
git diff --cached --binary >build/upgrade/upgrade.patch
location="$UPGRADE_LOCATION/$(date -u +%Y-%m-%d)-$SOURCE_COMMIT"
aws s3 cp --only-show-errors build/upgrade/upgrade.patch "$location/upgrade.patch"
aws s3 cp --only-show-errors build/upgrade/report.md "$location/report.md"
cat build/upgrade/report.md
echo "The upgrade of $SOURCE_BRANCH: $location/upgrade.patch (report.md lies beside it)."
echo "To apply it: aws s3 cp $location/upgrade.patch . && git apply --index upgrade.patch"
