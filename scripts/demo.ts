/**
 * Shows what this package does: builds and packs it, makes a repository from the packed package as a user would, runs
 * that repository's pipeline on a real data set and synthesizes its infrastructure. Everything is in `demo/`
 * afterwards.
 */
import { checkMachine } from './demo/machine';
import { buildPackage, makeRepository, prepareDirectory, runPipeline, synthesize } from './demo/stages';
import { summary } from './demo/summary';
import { UserFacingError } from './demo/user-facing-error';

async function main(): Promise<void> {
  checkMachine();
  const directory = prepareDirectory();
  await buildPackage();
  const repository = await makeRepository(directory);
  await runPipeline(repository);
  await synthesize(repository);
  process.stdout.write(summary(repository));
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof UserFacingError
    ? `\n${error.message}\n`
    : `\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
