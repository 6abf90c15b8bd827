import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Facts } from './facts';
import { BYTECODE, run } from '../harness/process';
import { temporaryDirectory } from '../harness/temporary';
import { HERE } from '../iam/assembly';
import { type Judge, startJudge } from '../iam/judge';
import { readPolicies } from '../iam/policies';

/** A journey through an assembly. */
export interface Run {
  readonly name: string;
  /** Directory of the cloud assembly. */
  readonly assembly: string;
  readonly facts: Facts;
  /** Directory of the cloud assembly that an infrastructure commit makes, where a scene needs another one. */
  readonly changed?: string;
  /** Directory with the files of the repository on GitHub, where its workflows run the delivery. */
  readonly repository?: string;
  /** Directory of a generated repository, whose build is then run, with the Python that has the SageMaker SDK. */
  readonly generated?: string;
  readonly sdk?: string;
  /** Only these groups of the delivery; all of them unless given. */
  readonly groups?: readonly string[];
  /** Only these scenes; all of them unless given. */
  readonly scenes?: readonly string[];
}

/** What became of a journey. */
export interface Played {
  readonly name: string;
  /** Why it ended early; empty when it came through. */
  readonly error: string;
  /** The journey as it is told. */
  readonly lines: readonly string[];
  readonly seconds: number;
}

const python = path.join(process.env.TOOLS_VENV ?? '', 'bin', 'python');

/** How many journeys are played at a time; `TEST_JOBS=1` where another suite runs beside this one. */
const parallel = Number(process.env.TEST_JOBS ?? 2);

/** Plays journeys, some at a time, each judged by the policies of its own assembly. */
export async function play(runs: readonly Run[]): Promise<Played[]> {
  const folder = temporaryDirectory('journeys');
  const judges: Judge[] = [];
  try {
    const described = [];
    for (const { facts, ...rest } of runs) {
      const judge = await startJudge({ ...readPolicies(rest.assembly), bootstrapTrust: facts.tooling });
      judges.push(judge);
      const file = path.join(folder, `${rest.name}.facts.json`);
      fs.writeFileSync(file, JSON.stringify(facts));
      described.push({ ...rest, facts: file, judge: judge.url, default: HERE, quiet: true });
    }
    const file = path.join(folder, 'runs.json');
    fs.writeFileSync(file, JSON.stringify({ parallel, runs: described }));
    await run(python, [path.join(__dirname, 'python', 'main.py'), file], {
      cwd: folder, env: { ...process.env, ...BYTECODE }, seconds: 3000,
    });
    return JSON.parse(fs.readFileSync(path.join(folder, 'results.json'), 'utf-8')) as Played[];
  } finally {
    await Promise.all(judges.map(judge => judge.stop()));
  }
}
