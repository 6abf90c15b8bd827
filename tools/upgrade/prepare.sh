#!/bin/bash
# First command of the scheduled build: what a build image lacks. A pipeline hands files over without git's memory of them.
set -eu
git config --global user.name "sagemaker-cicd-projen"
git config --global user.email "upgrade@sagemaker-cicd-projen.invalid"
if ! git rev-parse --git-dir >/dev/null 2>&1; then
  git init --quiet
  git add --all
  git commit --quiet --message "source"
fi
