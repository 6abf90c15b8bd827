import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';
import { aroundSynth } from './around-synth';
import { leaveToTheUser, takeFromProjen } from './leave-to-the-user';
import { isUserOwned, unmatchedGlobs } from './ownership';
import { isPostSynthesisDisabled } from './post-synthesis';
import { SyncConflictError } from './sync-conflict-error';
import { statusText, summaryLines } from './sync-report';
import { syncRequest, SyncRequestError } from './sync-request';
import { CONFLICTS_DIRECTORY } from '../../sync/copies';
import { FileState } from '../../sync/decision';
import type { DesiredFile } from '../../sync/desired-file';
import { applyChanges, JOURNAL_DIRECTORY, recover } from '../../sync/journal';
import { LOCK_FILE, takeLock } from '../../sync/lock';
import {
  asideFiles, editedFiles, endPutAside, forgetManaged, keepOverwritten, type Overwritten, putAside, rememberManaged,
} from '../../sync/managed-files';
import { MEMORY_DIRECTORY } from '../../sync/memory';
import { planSync, type SyncPlan } from '../../sync/plan';
import { restoreChanges } from '../../sync/restore';

/** projen's own bookkeeping, which nobody comes to edit. */
const OF_PROJEN = '.projen/';

const BY_PROJECT = new WeakMap<Project, Synchronisation>();

/**
 * Keeps the synced files of a project in sync at each synth: planned before projen touches anything, written through a
 * journal, under a lock.
 *
 * It stands around the project's `synth()`, since projen has no hook before its cleanup that may refuse, nor one that
 * is the last of all.
 *
 * @internal
 */
export class Synchronisation extends Component {
  /** The one of a project. */
  public static of(project: Project): Synchronisation {
    let found = BY_PROJECT.get(project);
    if (!found) {
      found = new Synchronisation(project);
      BY_PROJECT.set(project, found);
    }
    return found;
  }

  private readonly wanted = new Map<string, () => DesiredFile>();
  private plan: SyncPlan | undefined;
  private isAround = false;
  private giveBack: (() => void) | undefined;

  private constructor(project: Project) {
    super(project);
    if (!project.ejected) {
      for (const local of [`${LOCK_FILE}*`, `${JOURNAL_DIRECTORY}/`, `${CONFLICTS_DIRECTORY}/`]) {
        project.gitignore.exclude(`/${local}`);
      }
      // An entry is not for people to read, and a changed line end would damage it.
      project.gitattributes.addAttributes(`/${MEMORY_DIRECTORY}/**`, 'linguist-generated', '-text', '-diff');
    }
    // Copies of what the user wrote outlive the eject, and are still nothing to commit.
    if (project.ejected && fs.existsSync(path.join(project.outdir, CONFLICTS_DIRECTORY))) {
      project.gitignore.exclude(`/${CONFLICTS_DIRECTORY}/`);
    }
    aroundSynth(project, synth => { this.around(synth); });
  }

  /** Adds a file. @throws when there is one of this path already */
  public add(file: string, desired: () => DesiredFile): void {
    if (this.wanted.has(file)) {
      throw new Error(`synced file ${file}: the project has a synced file of this path already.`);
    }
    this.wanted.set(file, desired);
  }

  /** Whether this synth has written a file. */
  public wrote(file: string): boolean {
    return this.plan?.decisions.some(decision => decision.path === file && decision.write !== undefined) ?? false;
  }

  /** Plans, when nothing stands around the synth: a project of another kind whose synth is called from Python. */
  public override preSynthesize(): void {
    if (!this.isAround) {
      this.giveBack = takeLock(this.project.outdir);
      recover(this.project.outdir);
      this.plan = this.makePlan();
      takeFromProjen(this.project, file => this.wanted.has(file));
    }
  }

  /** Writes what was planned. */
  public override synthesize(): void {
    try {
      applyChanges(this.project.outdir, this.plan?.changes ?? []);
    } finally {
      this.giveBack?.();
    }
    if (!this.isAround && isPostSynthesisDisabled()) { this.tell([]); }
  }

  public override postSynthesize(): void {
    if (!this.isAround) { this.tell([]); }
  }

  private around(synth: () => void): void {
    const root = this.project.outdir;
    const { status, restore } = syncRequest();
    if (status) {
      // Without the lock, which is a file too.
      const managed = this.managedFiles();
      process.stdout.write(
        statusText(this.makePlan().decisions, managed, editedFiles(root, managed), this.ownedFiles()),
      );
      return;
    }
    const giveBack = takeLock(root);
    this.isAround = true;
    try {
      recover(root);
      this.restore(restore);
      this.plan = this.makePlan();
      this.refuseToEject();
      leaveToTheUser(this.project);
      takeFromProjen(this.project, file => this.wanted.has(file));
      putAside(root, [...this.managedFiles(), ...this.formerlyManaged()].filter(file => !this.isOfProjenNew(file)));
      try {
        synth();
      } catch (error) {
        this.giveUp();
        throw error;
      }
      this.finish();
    } finally {
      giveBack();
    }
  }

  private makePlan(): SyncPlan {
    const twice = this.managedFiles().filter(file => this.wanted.has(file));
    if (twice.length > 0) {
      throw new Error(
        `${twice.join(', ')}: the project both generates and syncs a file of this path. Remove one of them.`,
      );
    }
    return planSync({
      root: this.project.outdir,
      files: [...this.wanted.values()].map(desired => desired()),
      isOwned: file => isUserOwned(this.project, file),
      managed: this.managedFiles(),
      isLast: this.project.ejected,
    });
  }

  /** Takes files from the project again: the user's versions are put aside, and the plan creates the files anew. */
  private restore(given: readonly string[]): void {
    const files = given.map(file => path.posix.normalize(file));
    const wrong = files.map(file => {
      if (isUserOwned(this.project, file)) { return `${file} belongs to you (userOwned); remove it there first`; }
      if (this.managedFiles().includes(file)) {
        return `${file} is generated: npx projen writes it again, there is nothing to restore`;
      }
      return this.wanted.has(file) ? undefined : `${file} is not a synced file; sync:status lists them`;
    }).filter(text => text !== undefined);
    if (wrong.length > 0) { throw new SyncRequestError(`${wrong.join('\n')}\nNothing was restored.`); }
    const changes = restoreChanges(this.project.outdir, files);
    applyChanges(this.project.outdir, changes);
    changes.forEach(({ operations }, i) => {
      const copy = operations.map(operation =>
        ('put' in operation ? operation.put : undefined)).find(put => put !== undefined);
      this.project.logger.info(`restored ${files[i]}${copy === undefined ? '' : `; your version is in ${copy}`}`);
    });
  }

  /** After a synth that failed in the midst: what it has generated is remembered, so that it is not taken for edits. */
  private giveUp(): void {
    const root = this.project.outdir;
    const edited = asideFiles(root);
    const overwritten = keepOverwritten(root);
    rememberManaged(root, this.managedFiles().filter(name => !edited.includes(name)
      || overwritten.some(({ file }) => file === name)));
    endPutAside(root);
    for (const line of summaryLines([], overwritten)) { this.project.logger.info(line); }
  }

  private finish(): void {
    const root = this.project.outdir;
    const overwritten = keepOverwritten(root);
    if (this.project.ejected) {
      fs.rmSync(path.join(root, MEMORY_DIRECTORY), { recursive: true, force: true });
    } else {
      // Only now all of them are known: some come as late as the project's preSynthesize.
      const managed = this.managedFiles();
      forgetManaged(root, managed, file => isUserOwned(this.project, file));
      rememberManaged(root, managed);
    }
    endPutAside(root);
    this.tell(overwritten);
  }

  private tell(overwritten: readonly Overwritten[]): void {
    const decisions = this.plan?.decisions ?? [];
    const all = [...this.wanted.keys(), ...this.project.files.map(file => file.path)];
    for (const glob of unmatchedGlobs(this.project, all)) {
      this.project.logger.warn(`userOwned: ${glob} matches no file that the project writes`);
    }
    for (const line of summaryLines(decisions, overwritten)) { this.project.logger.info(line); }
    const conflicts = decisions.filter(decision => decision.state === FileState.CONFLICTED);
    if (conflicts.length > 0) {
      throw new SyncConflictError(this.project.outdir, conflicts.map(decision => decision.path));
    }
  }

  /** Generated files that people can come to edit. */
  private managedFiles(): string[] {
    return this.project.files.map(file => file.path).filter(file => !file.startsWith(OF_PROJEN)
      && !isUserOwned(this.project, file));
  }

  /** `projen new` writes a package.json of its own before it makes the project; that is no one's work. */
  private isOfProjenNew(file: string): boolean {
    return file === 'package.json' && this.project.initProject !== undefined;
  }

  private ownedFiles(): string[] {
    return this.project.files.map(file => file.path).filter(file => isUserOwned(this.project, file));
  }

  /** Files that the last synth generated; projen's cleanup removes those that are not wanted any more. */
  private formerlyManaged(): string[] {
    const manifest = path.join(this.project.outdir, '.projen', 'files.json');
    if (!fs.existsSync(manifest)) { return []; }
    const now = new Set(this.project.files.map(file => file.path));
    try {
      const { files } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { files?: string[] };
      return (files ?? []).filter(file => !now.has(file) && !file.startsWith(OF_PROJEN));
    } catch {
      // projen says so itself, and then removes nothing that is listed there.
      return [];
    }
  }

  private refuseToEject(): void {
    const open = this.plan?.decisions.filter(decision => decision.state === FileState.CONFLICTED) ?? [];
    if (this.project.ejected && open.length > 0) {
      throw new SyncConflictError(this.project.outdir, open.map(decision => decision.path), 'Nothing was changed.');
    }
  }
}
