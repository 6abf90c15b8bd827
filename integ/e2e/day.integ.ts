/**
 * A data scientist's day, played from the packed package: own data, features, package, metric, gate, tuning, and the
 * commands.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { copyOfRepository } from '../../testing/harness/fixture';
import { ROOT } from '../../testing/harness/process';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import type { Repository } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';
import { FLAVOURS } from '../../testing/repository/flavours';
import { newestRun } from '../../testing/repository/local-run';
import { selection } from '../../testing/selection';

const OPTIONS = {
  typescript: {
    data: '  training: { inputDataUrl: "data/churn.csv", targetColumn: "churned" },\n',
    profit: '  customMetrics: [{ name: "profit", better: "higher" }],\n'
      + '  qualityGate: { metric: "profit", comparison: ">", threshold: 1 },\n',
    tuning: 'targetColumn: "churned", tuning: { maxTrials: 4, maxParallelTrials: 2, ranges: '
      + '[{ name: "eta", minimum: 0.05, maximum: 0.5, scale: "Logarithmic" }, '
      + '{ name: "max_depth", minimum: 2, maximum: 6 }] }',
  },
  python: {
    data: '    training={"input_data_url": "data/churn.csv", "target_column": "churned"},\n',
    profit: '    custom_metrics=[{"name": "profit", "better": "higher"}],\n'
      + '    quality_gate={"metric": "profit", "comparison": ">", "threshold": 1},\n',
    tuning: '"target_column": "churned", "tuning": {\n        "max_trials": 4, "max_parallel_trials": 2, "ranges": [\n'
      + '            {"name": "eta", "minimum": 0.05, "maximum": 0.5, "scale": "Logarithmic"},\n'
      + '            {"name": "max_depth", "minimum": 2, "maximum": 6},\n        ],\n    }',
  },
} as const;

const FEATURES = `import pandas as pd
from more_itertools import minmax


def fit(train, target):
    rates = target.groupby(train["city"]).mean().to_dict()
    spent = list(minmax(train["spent"]))
    return {"rates": rates, "all": float(target.mean()), "today": str(train["since"].max()), "spent": spent}


def transform(frame, state):
    made = frame.drop(columns=["city", "since"])
    made["rate"] = frame["city"].map(state["rates"]).fillna(state["all"])
    made["tenure"] = (pd.Timestamp(state["today"]) - frame["since"]).dt.days
    made["per_visit"] = frame["spent"] / (1 + frame["visits"])
    low, high = state["spent"]
    made["share"] = (frame["spent"] - low) / (high - low)
    return made
`;

const PROFIT = `import numpy as np


def profit(predicted, actual, rows, weights):
    called = predicted == "yes"
    saved = np.where(called & (actual == "yes"), 0.1 * rows["spent"], 0) - np.where(called, 5, 0)
    return float((saved * weights).sum())
`;

let registries: Registries;

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

describe.each(selection('days', FLAVOURS, 1))('a day in $flavour', ({ flavour, rcFile, anchor }) => {
  const options = OPTIONS[flavour];
  let repo: Repository;
  const local = async (...args: string[]): Promise<string> =>
    (await repo.projen(['pipeline:local', ...args], { seconds: 300 })).output;

  beforeAll(async () => {
    repo = await copyOfRepository(flavour, registries);
  });

  test('begins with own data: the kinds of its columns are recorded, and a model is registered', async () => {
    const script = path.join(ROOT, 'testing', 'day', 'churn.py');
    await repo.run(repo.path('.venv', 'bin', 'python'), [script, 'data/churn.csv']);
    repo.edit(rcFile, anchor, `$&${options.data}`);
    await repo.projen();
    const output = await local();
    expect(output).toMatch(/average_precision +0\.\d+ ± 0\.\d+ +quality gate/);
    expect(Object.keys(repo.json<object>('config/columns.json'))).toContain('city');
    expect(newestRun(repo).registered).toMatchObject([{ modelPackageVersion: 1 }]);
    await repo.commit('our data');
  });

  test('goes on with features, a package, a metric and a gate on it', async () => {
    repo.write('model/features.py', FEATURES);
    repo.write('model/custom_metrics.py', PROFIT);
    repo.edit('pyproject.toml', /^model = \[\]$/m, 'model = ["more-itertools"]');
    repo.edit(rcFile, anchor, `$&${options.profit}`);
    await repo.projen();
    const output = await local();
    expect(output).toMatch(/\.local\/packages\/\w+: more-itertools \d/);
    expect(output).toMatch(/ 9 made of them by features\.py/);
    expect(output).toMatch(/^ +profit +[\d.]+ ± [\d.]+ +quality gate > 1: met$/m);
    expect(output).toMatch(/\d golden rows answered as measured/);
    expect(newestRun(repo).registered).toMatchObject([{ modelPackageVersion: 2 }]);
    expect(repo.read('uv.lock')).toContain('name = "more-itertools"');
    expect(repo.exists('build/pipeline/code/packages.tar')).toBe(true);
    await repo.commit('features, profit');
  });

  test('tries things without registering them, with hyperparameters that no file names', async () => {
    const output = await local('--no-register', '--set', 'gamma=2', '--set', 'monotone_constraints={"visits": -1}');
    expect(output).toContain('nothing was registered: --no-register');
    expect(newestRun(repo).registered ?? []).toEqual([]);
    const refused = await repo.projen(['pipeline:local', '--set', 'gama=2'], { mayFail: true });
    expect(refused.status).not.toBe(0);
    expect(refused.output).toMatch(/gama.*did you mean '?"?gamma/i);
  });

  test('compares, approves, and tunes against the approved version', async () => {
    expect((await repo.projen(['pipeline:compare', '1', '2'])).output).toMatch(/feature importance[^]*tenure/);
    await repo.projen(['pipeline:registry', '--', 'approve', 'churn/2', '--why', 'more profit']);
    repo.edit(rcFile, flavour === 'python' ? '"target_column": "churned"' : 'targetColumn: "churned"', options.tuning);
    await repo.projen();
    const output = await local();
    expect(output.match(/trial \d: /g)).toHaveLength(4);
    expect(output).toMatch(/best of 4: 0\.\d+ \(trial \d\)/);
    expect(output).toMatch(/against the last approved version, churn version 2: profit there/);
    expect((await repo.projen(['pipeline:runs'])).output).toMatch(/churn\/2 Approved/);
  });

  test('predicts a file, and serves the model', async () => {
    repo.write('few.csv', repo.read('data/churn.csv').split('\n').slice(0, 6).join('\n'));
    await repo.projen(['pipeline:predict', '--', 'few.csv', '--out', 'few.jsonl', '--model', 'churn/2']);
    const predicted = repo.read('few.jsonl').trim().split('\n').map(line =>
      JSON.parse(line) as { customer_id: string; label: string; probability: number });
    expect(predicted).toHaveLength(5);

    const server = await serving(repo, 'churn/2');
    try {
      const rows = repo.read('few.csv').split('\n').slice(1).map(line => line.replace(/,[^,]*$/, '')).join('\n');
      // What `curl --data-binary` sends, which not every machine has.
      const answer = await fetch(`${server.url}/invocations`, {
        method: 'POST', body: rows, headers: { 'Content-Type': 'text/csv', 'Accept': 'application/json' },
      });
      const { predictions } = await answer.json() as { predictions: Array<{ label: string; probability: number }> };
      expect(predictions.map(({ label }) => label)).toEqual(predicted.map(({ label }) => label));
      predictions.forEach(({ probability }, i) => expect(probability).toBeCloseTo(Number(predicted[i].probability), 6));
    } finally {
      server.process.kill('SIGTERM');
      await new Promise(resolve => server.process.on('close', resolve));
    }
  });

  test('compares new rows with what the version was trained on, and sees what drifted', async () => {
    const [header, ...rows] = repo.read('data/churn.csv').trim().split('\n');
    const spent = header.split(',').indexOf('spent');
    repo.write('cents.csv', [header, ...rows.map(row => {
      const cells = row.split(',');
      cells[spent] = String(Number(cells[spent]) * 100);
      return cells.join(',');
    })].join('\n'));
    const calm = await repo.projen(['monitor:run', '--', 'data/churn.csv', '--model', 'churn/2']);
    expect(calm.output).toMatch(/^spent +no violation +KS 0\.0/m);
    expect(calm.output).toContain('5,000 rows against churn version 2');
    expect(calm.output).toContain('does not take it as a feature: customer_id, since, churned');
    const drifted = await repo.projen(['monitor:run', '--', 'cents.csv'], { mayFail: true });
    expect(drifted.status).not.toBe(0);
    expect(drifted.output).toMatch(/^spent: drift: Baseline drift distance 0\.\d+ \(KS\) exceeds threshold 0\.1/m);
    expect(drifted.output).toMatch(/ violations? in 1 column: 5,000 rows against churn version \d/);
  });

  test('ends with tests and linters that pass', async () => {
    const { output } = await repo.projen(['test', '-k', 'features or settings'], { seconds: 600 });
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/\d+ (failed|error)/);
    await repo.projen(['lint']);
  });
});

/** Starts `pipeline:serve`, by the runner itself, since projen would not pass the signal that ends it. */
async function serving(repo: Repository, version: string): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(repo.path('.venv', 'bin', 'python'), ['-m', 'pipelines.local', 'serve', version, '--port', '0'], {
    cwd: repo.directory, env: { ...repo.env, PYTHONUNBUFFERED: '1' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) { resolve(found[0]); }
    });
    child.on('close', code => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { process: child, url };
}
