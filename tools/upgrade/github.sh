#!/bin/bash
# The job that offers an upgrade on GitHub: as one pull request.
# Environment: SOURCE_BRANCH, UPGRADE_BRANCH, SERVER_URL, UPGRADE (directory with upgrade.patch, report.md and result.json),
# and the token that gh takes from GH_TOKEN or GH_ENTERPRISE_TOKEN.
set -euo pipefail
export GH_HOST="${SERVER_URL#https://}"
name="github-actions[bot]"
email="41898282+github-actions[bot]@users.noreply.github.com"
if git fetch --quiet --depth=1 origin "refs/heads/$UPGRADE_BRANCH" 2>/dev/null; then
  author="$(git log -1 --format=%ae FETCH_HEAD)"
  if [ "$author" != "$email" ]; then
    echo "The newest commit of $UPGRADE_BRANCH is by $author: it is left as it is. Merge or delete the branch to get newer upgrades."
    exit 0
  fi
fi
git apply --index "$UPGRADE/upgrade.patch"
# GitHub takes 65,536 characters.
head -c 60000 "$UPGRADE/report.md" >"$UPGRADE/body.md"
if ! git diff --cached --quiet -- .github/workflows; then
  git restore --staged --worktree --source=HEAD -- .github/workflows
  printf '\n%s\n' "Files in \`.github/workflows\` change too, which GITHUB_TOKEN may not push: synthesize on this branch and push them yourself." >>"$UPGRADE/body.md"
fi
if git diff --cached --quiet; then
  cat "$UPGRADE/body.md"
  exit 0
fi
git -c user.name="$name" -c user.email="$email" commit --quiet --message "chore: upgrade sagemaker-cicd-projen and dependencies"
git push --quiet --force origin "HEAD:refs/heads/$UPGRADE_BRANCH"
title="Upgrade sagemaker-cicd-projen and dependencies"
draft="$(jq -r '(.conflicts | length > 0) or .testsPassed == false' "$UPGRADE/result.json")"
number="$(gh pr list --head "$UPGRADE_BRANCH" --base "$SOURCE_BRANCH" --state open --json number --jq '.[0].number // empty')"
if [ -z "$number" ]; then
  set -- --head "$UPGRADE_BRANCH" --base "$SOURCE_BRANCH" --title "$title" --body-file "$UPGRADE/body.md"
  if [ "$draft" = "true" ]; then set -- "$@" --draft; fi
  gh pr create "$@"
else
  gh pr edit "$number" --title "$title" --body-file "$UPGRADE/body.md"
  if [ "$draft" = "true" ]; then gh pr ready "$number" --undo; else gh pr ready "$number"; fi
fi
