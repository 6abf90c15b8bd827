import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** Files of the deploy tools, at the package's root. */
const TOOLS = path.resolve(__dirname, '..', '..', '..', 'tools', 'deploy');

/** The tool that promotes, and what it imports. */
export const PROMOTION_TOOLS: readonly string[] = [
  'copying.py',
  'images.json',
  'images.py',
  'objects.py',
  'package_groups.py',
  'package_request.py',
  'packages.py',
  'promote.py',
  'seal.py',
  'sealed_copy.py',
  'targets.py',
];

/** The tools as an asset, which the pipeline starts from: it always runs those that it was deployed with. */
export function promotionTools(scope: Construct): Asset {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promotion-tools-'));
  try {
    for (const file of PROMOTION_TOOLS) {
      fs.copyFileSync(path.join(TOOLS, file), path.join(folder, file));
      // The mode counts for the asset's hash and must not depend on the user's umask.
      fs.chmodSync(path.join(folder, file), 0o644);
    }
    return new Asset(scope, 'Tools', { path: folder });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Buildspec of the one build: runs the tool, whose settings are the project's variables. */
export function promotionSpec(): string {
  return JSON.stringify({
    version: '0.2',
    phases: {
      install: { 'runtime-versions': { python: '3.12' } },
      build: { 'on-failure': 'ABORT', 'commands': ['python3 -u promote.py'] },
    },
  }, undefined, 2);
}
