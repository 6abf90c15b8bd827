import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { edited, type Round, type Scenario, scenario } from './scenario';
import { type Wanted, Workspace } from './workspace';
import { FileState } from '../../src/sync/decision';
import { randomCases } from '../../testing/selection';

const CASES = randomCases('stories of users and projects', 2000, 250);

const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
const linesOf = (content: string): string[] => content.split('\n').slice(0, -1);

/** What `git merge-file` itself makes of three texts. */
function gitMerge(directory: string, base: string, ours: string, theirs: string): string {
  for (const [name, content] of [
    ['yours', theirs],
    ['base', base],
    ['generated', ours],
  ]) { fs.writeFileSync(path.join(directory, name), content); }
  return spawnSync(
    'git',
    ['merge-file', '-p', '-q', '-L', 'yours', '-L', 'base', '-L', 'generated', 'yours', 'base', 'generated'],
    { cwd: directory, encoding: 'utf8' },
  ).stdout;
}

/** A project with two files over several versions, and a user who edits them. */
class Story {
  private readonly wanted: Array<{
    path: string;
    lines: string[];
    dropped: boolean;
    executable: boolean;
    previousPaths: string[];
  }>;
  /** What was last written at each path, to compare with git. */
  private readonly base = new Map<string, string>();
  private own = 0;

  public constructor(
    private readonly w: Workspace,
    private readonly aside: string,
    { files }: Scenario,
  ) {
    this.wanted = files.map((lines, i) => ({
      path: `src/file${i}.py`,
      lines: [...lines],
      dropped: false,
      executable: false,
      previousPaths: [],
    }));
  }

  public start(): void {
    this.w.sync(...this.files());
    this.rememberBases();
  }

  public play(round: Round): void {
    this.userEdits(round);
    const before = this.userFiles();
    this.projectChanges(round);
    const files = this.files();
    const expected = files.map(file => this.expectation(file, before));
    const decisions = this.w.sync(...files);
    const tree = this.w.tree();

    for (const { path: file, result } of expected) {
      if (result !== undefined) { expect([file, this.w.read(file)]).toEqual([file, result]); }
    }
    this.checkNothingIsLost(before);
    // The memory goes on only where something was decided.
    for (const file of files) {
      const state = decisions.get(file.path)?.state;
      if (state !== FileState.CONFLICTED || this.w.has(`.projen/conflicts/${file.path}`)) {
        this.base.set(file.path, file.content as string);
      }
    }
    this.w.sync(...files);
    expect(this.w.tree()).toEqual(tree);
  }

  private files(): Wanted[] {
    return this.wanted
      .filter(file => !file.dropped)
      .map(file => ({
        path: file.path,
        content: text(file.lines),
        executable: file.executable,
        previousPaths: file.previousPaths,
      }));
  }

  private rememberBases(): void {
    for (const file of this.files()) { this.base.set(file.path, file.content as string); }
  }

  private userFiles(): Map<string, string> {
    return new Map(
      Object.keys(this.w.tree())
        .filter(file => !file.startsWith('.projen/'))
        .map(file => [file, this.w.read(file)]),
    );
  }

  private userEdits({ user, add, resolve }: Round): void {
    fs.rmSync(this.w.at('.projen/conflicts'), { recursive: true, force: true });
    user.forEach((change, i) => {
      const { path: file } = this.wanted[i];
      if (!this.w.has(file)) { return; }
      let lines = linesOf(this.w.read(file));
      if (resolve) { lines = lines.filter(line => !/^(<<<<<<< |=======$|>>>>>>> )/.test(line)); }
      fs.writeFileSync(this.w.at(file), text(edited(lines, change.edits)));
      if (change.chmod) { fs.chmodSync(this.w.at(file), 0o755); }
      if (change.delete) { fs.rmSync(this.w.at(file)); }
    });
    if (add) { this.w.write(`src/own${this.own++}.py`, 'mine\n'); }
  }

  private projectChanges({ project, rename }: Round): void {
    project.forEach((change, i) => {
      const file = this.wanted[i];
      file.lines = edited(file.lines, change.edits);
      file.dropped = change.delete !== file.dropped;
      if (change.chmod) { file.executable = !file.executable; }
    });
    if (rename !== undefined && !this.wanted[rename].dropped) {
      const file = this.wanted[rename];
      file.previousPaths = [file.path, ...file.previousPaths];
      file.path = file.path.replace('src/', 'src/sub/');
    }
  }

  /**
   * What git makes of it, where its merge and ours are about the same thing: a file at its place, its history known, no
   * conflict open.
   */
  private expectation(file: Wanted, before: ReadonlyMap<string, string>): { path: string; result?: string } {
    const [base, theirs] = [this.base.get(file.path), before.get(file.path)];
    const isOpen = theirs !== undefined && /^<<<<<<< yours$[^]*^=======$[^]*^>>>>>>> generated$/m.test(theirs);
    const isRemembered = this.memoryOf(file.path);
    if (base === undefined || theirs === undefined || isOpen || !isRemembered) { return { path: file.path }; }
    return { path: file.path, result: gitMerge(this.aside, base, file.content as string, theirs) };
  }

  private memoryOf(file: string): boolean {
    const directory = this.w.at(`.projen/sync/${path.dirname(file)}`);
    return (
      fs.existsSync(directory)
      && fs
        .readdirSync(directory)
        .some(name => name.startsWith(`${path.basename(file)}.`) && /\.[0-9a-f]{16}x?$/.test(name))
    );
  }

  /**
   * Every line that is the user's alone is in a file at its old or new place, in a conflict hunk there, or in the copy.
   */
  private checkNothingIsLost(before: ReadonlyMap<string, string>): void {
    for (const [file, content] of before) {
      const places = [
        file,
        ...this.wanted.filter(({ previousPaths }) => previousPaths.includes(file)).map(wanted => wanted.path),
      ];
      const found = places
        .flatMap(place => [place, `.projen/conflicts/${place}`])
        .filter(place => this.w.has(place))
        .map(place => linesOf(this.w.read(place)));
      const written = linesOf(this.base.get(file) ?? '');
      for (const line of linesOf(content).filter(mine => !written.includes(mine))) {
        expect([line, found.some(lines => lines.includes(line))]).toEqual([line, true]);
      }
    }
  }
}

test('whatever users and projects do, no line of a user is lost, a second synth changes nothing, and merges are git\'s '
  + `(${CASES.numRuns} cases)`, () => {
  const aside = new Workspace();
  try {
    fc.assert(fc.property(scenario, given => {
      const w = new Workspace();
      try {
        const story = new Story(w, aside.root, given);
        story.start();
        given.rounds.forEach(round => { story.play(round); });
      } finally {
        w.remove();
      }
    }), CASES);
  } finally {
    aside.remove();
  }
}, 300_000);
