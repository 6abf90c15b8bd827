import { CONTESTED, lostEdits, makeEdits } from './chain-edits';
import { OPTION_LINKS, type OptionLink, withThoseBefore } from './chain-options';
import { AFTER_THE_FIRST, laterVersions } from './chain-versions';
import { holdPythonPackagesBack } from './hold-back';
import { copyOfRepository } from '../../testing/harness/fixture';
import { packedPackages } from '../../testing/harness/packages';
import type { RunResult } from '../../testing/harness/process';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import type { Flavour, Repository } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';
import { FLAVOURS } from '../../testing/repository/flavours';
import { LONG, selection, TESTS_OF_AN_ENVIRONMENT } from '../../testing/selection';

/** Options that are changed in a short run, without those that they need to come after. */
const PICKED: { readonly [F in Flavour]: number } = { typescript: 1, python: 1 };

let versions: ReturnType<typeof laterVersions>;

afterAll(removeTemporary);

beforeAll(() => {
  versions = laterVersions(packedPackages());
});

/** A repository that lives on: a person edits it, changes options, takes two upgrades, one in conflict, and ejects. */
const flavours = selection('flavours of the chain', FLAVOURS, 1);

describe.each(flavours)('a repository in $flavour over the years', flavourCase => {
  const { flavour, rcFile } = flavourCase;
  const links = OPTION_LINKS[flavour];
  const picked = withThoseBefore(selection(`chain in ${flavour}`, links, PICKED[flavour]), links);
  let registries: Registries;
  let repo: Repository;
  const synth = async (): Promise<RunResult> => repo.projen();

  beforeAll(async () => {
    registries = await startRegistries();
    repo = await copyOfRepository(flavour, registries);
  });

  afterAll(async () => registries?.stop());

  /** What must hold after every link of the chain. */
  async function holds(link: string, test = async () => repo.projen(['test'], { seconds: 600 })): Promise<void> {
    expect(lostEdits(repo, flavourCase)).toEqual([]);
    await repo.commit(link);
    if (repo.exists(rcFile)) {
      await synth();
      expect(await repo.changedFiles()).toEqual([]);
    }
    const { output } = await test();
    expect(output).toMatch(/\d+ passed/);
    expect(await repo.changedFiles()).toEqual([]);
  }

  function expectFiles({ shows, gone = [] }: Pick<OptionLink, 'shows' | 'gone'>): void {
    for (const [file, text] of shows) {
      expect({ file, text: repo.read(file) }).toEqual({ file, text: expect.stringMatching(text) as string });
    }
    expect(gone.filter(file => repo.exists(file))).toEqual([]);
  }

  test('keeps what a person edits', async () => {
    if (!LONG) { holdPythonPackagesBack(repo); }
    await makeEdits(repo, flavourCase);
    await synth();
    await holds('edited by hand');
  });

  test.each(picked)('takes $what, keeps the edits and passes its tests', async link => {
    for (const [from, to] of link.edits) { repo.edit(rcFile, from, to); }
    await synth();
    expectFiles(link);
    // An option changes settings; the whole of the repository's tests runs after the edits and the upgrades.
    await holds(link.what, async () => repo.projen(['test', ...TESTS_OF_AN_ENVIRONMENT], { seconds: 600 }));
  });

  test('takes an upgrade that changes, adds, renames and drops files beside the edits', async () => {
    await registries.publish(versions[0]);
    const { output } = await repo.projen(['upgrade'], { seconds: 900 });
    expect(output).toMatch(/sagemaker-cicd-projen.*0\.0\.0.*1\.1\.0/);
    // What the user set stays, and the synth says that the default is another one now.
    expect(output).toMatch(/eta is 0\.11 in your file, 0\.25/);
    expectFiles(AFTER_THE_FIRST);
    await holds('upgraded to 1.1.0');
  });

  test('is told of a conflict by an upgrade, keeps both versions and goes on once it is resolved', async () => {
    await registries.publish(versions[1]);
    const mine = repo.read('model/train.py');
    const { status, output } = await repo.projen(['upgrade'], { seconds: 900, mayFail: true });
    expect(status).not.toBe(0);
    expect(output).toContain('model/train.py');
    expect(repo.read('.projen/conflicts/model/train.py')).toBe(mine);
    expect(lostEdits(repo, flavourCase)).toEqual([]);

    const conflicted = repo.read('model/train.py');
    const again = await repo.projen([], { mayFail: true });
    expect(again.status).not.toBe(0);
    expect(again.output).toMatch(/model\/train\.py/);
    expect(repo.read('model/train.py')).toBe(conflicted);

    repo.edit('model/train.py', /^<{7} yours\n[^]*?^={7}\n([^]*?)^>{7} generated\n/m, '$1');
    repo.edit('model/train.py', / {4}fitted = framework\.fit/, `${CONTESTED}$&`);
    await synth();
    expect(repo.read('model/train.py')).toContain('for directory in (job.model_dir, job.output_dir):');
    await holds('upgraded to 1.2.0', async () => repo.projen(['test', ...TESTS_OF_AN_ENVIRONMENT], { seconds: 600 }));
  });

  test('is ejected, keeps the edits and passes its tests', async () => {
    await repo.projen(['eject'], { seconds: 600 });
    await holds('ejected', async () => repo.run('npm', ['test', ...TESTS_OF_AN_ENVIRONMENT], { seconds: 600 }));
  });
});
