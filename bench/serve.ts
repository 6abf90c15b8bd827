import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { median } from './measure';
import type { Row } from './table';
import { toolEnvironment } from '../scripts/python-tools';
import type { Repository } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';

const SECONDS = 5;
const CLIENTS = [1, 4];

interface Load { readonly rate: number; readonly p50: number; readonly p99: number }

/** A server that is running, and how it is stopped. */
interface Server { readonly url: string; stop(): Promise<void> }

/**
 * Requests a second and the slowest hundredth of `pipeline:serve`, beside the server of the image's toolkit, which has
 * a worker for each CPU where `pipeline:serve` has one.
 */
export async function serve(repository: Repository, runs: number): Promise<Row[]> {
  await repository.projen(['pipeline:local']);
  const model = await unpackedModel(repository);
  const request = path.join(model, '..', 'request.csv');
  const [sample] = newest(repository.path('.local'), 'sample_request.csv');
  fs.writeFileSync(request, `${fs.readFileSync(sample, 'utf8').split('\n')[0]}\n`);
  const python = repository.path('.venv', 'bin', 'python');
  const starts = {
    ours: async () => start(python, ['-m', 'pipelines.local', 'serve', '--port', '0'], repository),
    toolkit: async () => start(toolEnvironment('toolkits').bin('python'), [
      path.join(__dirname, 'serving', 'container.py'), model, 'xgboost',
    ], repository),
  };
  const rows: Row[] = [];
  for (const clients of CLIENTS) {
    const found: Record<keyof typeof starts, Load[]> = { ours: [], toolkit: [] };
    for (let run = 0; run < runs; run++) {
      for (const name of ['ours', 'toolkit'] as const) {
        const server = await starts[name]();
        try {
          const { stdout } = await repository.run(python, [
            path.join(__dirname, 'serving', 'load.py'), server.url, request, String(SECONDS), String(clients),
          ]);
          found[name].push(JSON.parse(stdout) as Load);
        } finally {
          await server.stop();
        }
      }
    }
    const of = (name: keyof typeof starts, key: keyof Load): number => median(found[name].map(load => load[key]));
    const who = `${clients} client${clients === 1 ? '' : 's'}`;
    rows.push({
      what: `seconds a request of pipeline:serve, ${who}, beside the container's server`,
      ours: `${of('ours', 'rate').toFixed(0)}/s`, other: `${of('toolkit', 'rate').toFixed(0)}/s`,
      figure: of('toolkit', 'rate') / of('ours', 'rate'), target: clients === 1 ? 1.5 : os.availableParallelism(),
    }, {
      what: `p99 of pipeline:serve, ${who}, beside the container's server`,
      ours: `${(of('ours', 'p99') * 1000).toFixed(1)} ms`, other: `${(of('toolkit', 'p99') * 1000).toFixed(1)} ms`,
      figure: of('ours', 'p99') / of('toolkit', 'p99'), target: 1.5,
    });
  }
  return rows;
}

/** Starts a command that prints an address and runs until it is stopped. */
async function start(command: string, args: readonly string[], repository: Repository): Promise<Server> {
  const child = spawn(command, args, {
    cwd: repository.directory, env: { ...repository.env, PYTHONUNBUFFERED: '1' }, stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    child.kill('SIGTERM');
    await ended(child);
  };
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) { resolve(found[0]); }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('close', code => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
  return { url, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise(resolve => child.on('close', resolve));
  }
}

/** The files of a name below a directory, the newest first. */
function newest(directory: string, name: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(file => path.basename(file) === name).map(file => path.join(directory, file))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
}

async function unpackedModel(repository: Repository): Promise<string> {
  const [archive] = newest(repository.path('.local', 's3'), 'model.tar.gz');
  const directory = path.join(temporaryDirectory('bench-serve'), 'model');
  fs.mkdirSync(directory);
  await repository.run('tar', ['-xzf', archive, '-C', directory]);
  return directory;
}
