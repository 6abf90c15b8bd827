import * as fs from 'node:fs';
import * as path from 'node:path';
import { RESULTS } from './job';

type Seconds = { readonly [jobOrSuite: string]: number };

const FILE = path.join(RESULTS, 'timings.json');

/** Seconds on an idle machine with two cores, for a checkout that has not seen a run yet. What is missing is short. */
const RECORDED: Seconds = {
  'generated': 2, 'compile': 22, 'docgen': 5, 'api': 3, 'package/npm': 5, 'package/python': 40,
  'uv': 5, 'environment/tools': 20, 'environment/sdk': 20,
  'fixture/typescript': 70, 'fixture/python': 80, 'assemblies': 10, 'eslint': 35, 'types': 21,
  'mypy/runner': 10, 'mypy/templates/python': 10,
  'runner': 200, 'monitor': 25, 'templates': 26, 'sdk': 193, 'cloud/gates': 25, 'cloud/tools': 400, 'model': 100,
  'test/infra/iam/denied.test.ts': 42, 'test/infra/iam/calls.test.ts': 23, 'test/options/mutations.test.ts': 21,
  'test/infra/sagemaker-cicd.test.ts': 20, 'test/cli/upgrade.test.ts': 19, 'test/infra/iam/mutations.test.ts': 15,
  'test/infra/iam/reference.test.ts': 13, 'test/project/checks/check-options.test.ts': 13, 'test/cli/adopt.test.ts': 13,
  'test/options/differential.test.ts': 13, 'test/infra/iam/statements.test.ts': 10,
  'test/cli/upgrade-scripts.test.ts': 10, 'test/infra/cross-account.test.ts': 9,
  'test/accounts/execution-policy.test.ts': 9,
  'test/project/project.test.ts': 9,
  'test/infra/deploy-pipeline.test.ts': 9, 'test/infra/upgrade.test.ts': 8, 'test/infra/tooling.test.ts': 8,
  'test/infra/templates.test.ts': 8, 'test/project/components/upgrade.test.ts': 8, 'test/infra/endpoint.test.ts': 8,
  'test/project/eject/eject.test.ts': 8, 'test/sync/nothing-is-lost.test.ts': 8,
  'e2e/chain': 250, 'e2e/repository': 200, 'e2e/eject': 200, 'journey/journey': 300, 'e2e/upgrade': 150,
  'e2e/adopt': 135, 'containers/containers': 120, 'e2e/changes': 150, 'e2e/day': 100, 'front-door/python': 90,
  'infra/lint': 105, 'e2e/bad-input': 98, 'e2e/flags': 79, 'sync/kill': 64,
};

/** How long something took the last time, or is known to take. */
export class Timings {
  private readonly last: Seconds;

  public constructor() {
    this.last = fs.existsSync(FILE) ? JSON.parse(fs.readFileSync(FILE, 'utf8')) as Seconds : {};
  }

  public of(jobOrSuite: string, otherwise: number): number {
    return this.last[jobOrSuite] ?? RECORDED[jobOrSuite] ?? otherwise;
  }

  /** Keeps new ones for the next run. */
  public keep(seconds: Seconds): void {
    fs.writeFileSync(FILE, `${JSON.stringify({ ...this.last, ...seconds }, undefined, 2)}\n`);
  }
}
