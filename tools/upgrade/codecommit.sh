#!/bin/bash
# Last command of the scheduled build: offers the upgrade as one CodeCommit pull request.
# Environment: REPOSITORY, SOURCE_BRANCH, UPGRADE_BRANCH; the report of the upgrade lies in build/upgrade.
set -eu
result() { node -p "const r = require('./build/upgrade/result.json'); $1"; }
if [ "$(result 'r.changed')" != "true" ]; then
  echo "Nothing to upgrade."
  exit 0
fi
if git fetch --quiet origin "refs/heads/$UPGRADE_BRANCH" 2>/dev/null; then
  author="$(git log -1 --format=%ae FETCH_HEAD)"
  if [ "$author" != "$(git config user.email)" ]; then
    echo "The newest commit of $UPGRADE_BRANCH is by $author: it is left as it is. Merge or delete the branch to get newer upgrades."
    exit 0
  fi
fi
git checkout --quiet -B "$UPGRADE_BRANCH"
git add --all
git commit --quiet --message "chore: upgrade sagemaker-cicd-projen and dependencies"
git push --quiet --force origin "HEAD:refs/heads/$UPGRADE_BRANCH"
title="Upgrade sagemaker-cicd-projen and dependencies"
if [ "$(result 'r.conflicts.length > 0 || r.testsPassed === false')" = "true" ]; then title="Draft: $title"; fi
# CodeCommit takes 10,240 characters.
description="$(node -p "require('fs').readFileSync('build/upgrade/report.md', 'utf8').slice(0, 10000)")"
number=""
for candidate in $(aws codecommit list-pull-requests --repository-name "$REPOSITORY" --pull-request-status OPEN --query "pullRequestIds" --output text); do
  references="$(aws codecommit get-pull-request --pull-request-id "$candidate" --query "pullRequest.pullRequestTargets[0].[sourceReference,destinationReference]" --output text)"
  if [ "$references" = "refs/heads/$UPGRADE_BRANCH	refs/heads/$SOURCE_BRANCH" ]; then number="$candidate"; fi
done
if [ -z "$number" ]; then
  aws codecommit create-pull-request --title "$title" --description "$description" \
    --targets "repositoryName=$REPOSITORY,sourceReference=refs/heads/$UPGRADE_BRANCH,destinationReference=refs/heads/$SOURCE_BRANCH" >/dev/null
  echo "Opened a pull request: $title"
else
  aws codecommit update-pull-request-title --pull-request-id "$number" --title "$title" >/dev/null
  aws codecommit update-pull-request-description --pull-request-id "$number" --description "$description" >/dev/null
  echo "Updated pull request $number: $title"
fi
