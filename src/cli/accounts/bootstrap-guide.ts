import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseConfig, readPlan, taskOf } from './delivery-file';
import { bootstrapGuide as makeGuide } from '../../accounts/bootstrap-guide';

const USAGE = `Usage: sagemaker-cicd-projen bootstrap-guide [--config <file>]

Prints the commands that prepare every account and region of the delivery, and writes their IAM policies to
build/bootstrap/. Sends nothing to AWS.

  --config <file>  the delivery (default: config/delivery.json)
`;

/** Prints how the accounts are prepared and writes the policies for it. */
export function bootstrapGuide(args: readonly string[]): number {
  const wanted = parseConfig(args, USAGE);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const directory = process.cwd();
  const { text, files } = makeGuide(readPlan(directory, wanted.config), {
    deployCommand: taskOf(directory, 'deploy') ?? 'npx cdk deploy --all',
    preflightCommand: taskOf(directory, 'preflight') ?? 'npx sagemaker-cicd-projen preflight',
    region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
  });
  for (const [file, content] of Object.entries(files)) {
    const full = path.join(directory, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
  }
  process.stdout.write(text);
  return 0;
}
