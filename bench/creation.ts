import { interleaved } from './measure';
import { ratio, type Row } from './table';
import { run } from '../testing/harness/process';
import { projenNew } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';

/** `projen new` with everything that it installs, beside a stock CDK app. */
export async function creation(env: NodeJS.ProcessEnv, runs: number): Promise<Row> {
  const times = await interleaved({
    ours: async () => projenNew(temporaryDirectory('churn'), env),
    stock: async () => stockApp(temporaryDirectory('stock'), env),
  }, runs);
  return ratio('projen new with install, beside stock awscdk-app-ts', times.ours, times.stock, 1.3);
}

/** Makes a stock `awscdk-app-ts` project. */
export async function stockApp(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run('npx', ['--yes', 'projen', 'new', 'awscdk-app-ts'], { cwd: directory, env, seconds: 600 });
}
