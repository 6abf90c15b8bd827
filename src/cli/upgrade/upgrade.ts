import { parseArguments, type UpgradeArguments, USAGE } from './arguments';
import { exitCode, type Outcome, removeReport, report, REPORT_DIRECTORY, writeReport } from './outcome';
import { byOwner, syncedFiles } from './ownership';
import { changes, isRepository, snapshot, uncommitted } from './snapshots';
import { UpgradeSteps } from './steps';
import { lockedVersions, versionChanges } from './versions';
import { openConflicts } from '../../sync/open-conflicts';
import { type Command, UserError } from '../shared/command';
import { say } from '../shared/console';
import { hasTask, openRepository, type Repository } from '../shared/repository';
import { firstLines } from '../shared/words';

/**
 * Brings newer versions in: this package, the CDK, projen and the SDK, then the synth, the locks and the repository's
 * tests; reports what changed.
 *
 * Every module is loaded at the top: from Python the running program is the very one that is replaced.
 */
export const upgrade: Command = async args => {
  const wanted = parseArguments(args);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const repository = openRepository(process.cwd());
  const dirty = refuse(repository, wanted);
  removeReport(repository.root);
  const outcome = await carryOut(repository, wanted, wayBack(repository, dirty));
  writeReport(repository.root, outcome);
  say(`\n${report(outcome)}`);
  if (outcome.changed) { say(`Nothing was committed. This report: ${REPORT_DIRECTORY}/report.md`); }
  return exitCode(outcome);
};

/** An upgrade changes many files; it starts from a state that git can bring back. */
function refuse({ root }: Repository, { allowDirty }: UpgradeArguments): boolean {
  if (!isRepository(root)) {
    throw new UserError(
      `${root} is not in a git repository. An upgrade starts from a commit, so that you can review and undo it.`,
    );
  }
  const conflicts = openConflicts(root);
  if (conflicts.length > 0) {
    throw new UserError(
      `${conflicts.join(', ')} still has conflicts of an earlier synth. Resolve them, run npx projen and commit, `
        + 'then upgrade.',
    );
  }
  const dirty = uncommitted(root);
  if (dirty.length > 0 && !allowDirty) {
    throw new UserError(
      `There are uncommitted changes:\n${firstLines(dirty)}\nCommit or stash them first, or use --allow-dirty.`,
    );
  }
  return dirty.length > 0;
}

function wayBack({ python }: Repository, dirty: boolean): string {
  const install = `npm ci${python ? ' && uv sync --frozen' : ''}`;
  return dirty
    ? `Your uncommitted changes are mixed with the upgrade's: see git diff. ${install} installs what the lock files `
      + 'say.'
    : `To undo: git checkout . && ${install} (git status shows new files, if any).`;
}

async function carryOut(repository: Repository, { to, test }: UpgradeArguments, back: string): Promise<Outcome> {
  const { root, rcFile } = repository;
  const steps = new UpgradeSteps(repository, back);
  const [start, locked] = [snapshot(root), lockedVersions(root)];
  if (!rcFile) { say('There is no rc file (this repository was ejected), so only dependencies are upgraded.'); }
  await steps.ensureUv();
  if (rcFile || to) { await steps.upgradePackage(to); }
  await steps.updateNpmPackages();
  const [beforeSynth, synced] = [snapshot(root), syncedFiles(root)];
  const conflicts = rcFile ? await steps.synthesize() : [];
  const files = byOwner(changes(root, beforeSynth, snapshot(root)), conflicts, [...synced, ...syncedFiles(root)]);
  await steps.upgradePythonPackages(to);
  const changed = snapshot(root) !== start;
  const versions = versionChanges(locked, lockedVersions(root));
  const skipped = testsSkipped(repository, changed, conflicts, test);
  if (skipped !== undefined) {
    return { changed, versions, files, conflicts, testsPassed: null, testsSkipped: skipped };
  }
  const { passed, output } = await steps.test();
  return {
    changed, versions, files, conflicts,
    testsPassed: passed,
    testOutput: passed ? undefined : output.trim().split('\n').slice(-40).join('\n'),
  };
}

function testsSkipped(
  repository: Repository,
  changed: boolean,
  conflicts: readonly string[],
  wanted: boolean,
): string | undefined {
  if (!wanted) { return '--no-test was given'; }
  if (!changed) { return 'nothing has changed'; }
  if (conflicts.length > 0) { return 'resolve the conflicts first'; }
  return hasTask(repository, 'test') ? undefined : 'there is no task "test"';
}
