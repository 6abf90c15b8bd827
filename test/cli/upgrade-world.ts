import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fakeProgram, Temporary } from './upgrade-fakes';
import { NPM, NPX, UV } from './upgrade-fixture';
import { upgrade } from '../../src/cli/upgrade/upgrade';

const cwd = process.cwd();
const { PATH, CI } = process.env;

/** A repository that is upgraded with fake programs, made anew before each test. */
export class UpgradeWorld {
  /** What was written to the terminal. */
  public printed = '';
  public root = '';
  private world = '';
  private readonly temporary = new Temporary();

  public constructor() {
    beforeEach(() => this.make());
    afterEach(() => this.remove());
  }

  /** What the fake programs do: the registry's newest version, what a synth writes, which step fails. */
  public set(values: object): void {
    fs.writeFileSync(
      this.world,
      JSON.stringify({ newest: '1.1.0', peers: {}, synth: {}, fail: [], uv: {}, ...values }),
    );
  }

  public git(...args: string[]): string {
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    return execFileSync('git', [...author, ...args], { cwd: this.root, encoding: 'utf8' });
  }

  public write(file: string, content: string): void {
    fs.mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
    // The memory of the engine is no text.
    fs.writeFileSync(path.join(this.root, file), content, 'latin1');
  }

  public read(file: string): string {
    return fs.readFileSync(path.join(this.root, file), 'utf8');
  }

  /** Commits some files and goes there. */
  public repository(files: { readonly [file: string]: string }): void {
    Object.entries(files).forEach(([file, content]) => this.write(file, content));
    this.git('init', '--quiet');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'start');
    process.chdir(this.root);
  }

  /** The programs that were run, with their arguments. */
  public calls(): string[] {
    const lines = fs.readFileSync(process.env.FAKE_LOG!, 'utf8').split('\n').filter(Boolean);
    return lines.map(line => (JSON.parse(line) as string[]).join(' '));
  }

  public result(): object {
    return JSON.parse(this.read('build/upgrade/result.json')) as object;
  }

  /** What an upgrade that must not succeed is refused with. */
  public async failure(...args: string[]): Promise<string> {
    try {
      return `ended with exit code ${await upgrade(args)}`;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  }

  private make(): void {
    this.root = fs.realpathSync(this.temporary.make());
    const bin = this.temporary.make();
    this.world = path.join(bin, 'world.json');
    process.env.FAKE_LOG = path.join(bin, 'log');
    process.env.FAKE_STATE = this.world;
    fs.writeFileSync(process.env.FAKE_LOG, '');
    fakeProgram(bin, 'npm', NPM);
    fakeProgram(bin, 'npx', NPX);
    fakeProgram(bin, 'uv', UV);
    process.env.PATH = `${bin}${path.delimiter}${PATH}`;
    this.set({});
    this.printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation(text => { this.printed += String(text); return true; });
  }

  private remove(): void {
    jest.restoreAllMocks();
    process.chdir(cwd);
    process.env.PATH = PATH;
    if (CI === undefined) { delete process.env.CI; } else { process.env.CI = CI; }
    this.temporary.remove();
  }
}
