import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** Tools that run in a delivery, at the package's root; paths of tools begin here. */
const TOOLS = path.resolve(__dirname, '..', '..', '..', 'tools');

/** Files of a folder of tools that are part of it, as `folder/name`. */
export function toolsIn(folder: string, files: RegExp): string[] {
  return fs.readdirSync(path.join(TOOLS, folder)).filter(name => files.test(name)).map(name => `${folder}/${name}`);
}

/**
 * Tools as an asset, side by side in one folder with further files: whoever runs them always runs those that it was
 * deployed with, never what a commit brings.
 */
export function toolsAsset(
  scope: Construct, tools: readonly string[], more: { readonly [file: string]: object } = {},
): Asset {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tools-'));
  try {
    for (const file of tools) { fs.copyFileSync(path.join(TOOLS, file), path.join(folder, path.basename(file))); }
    for (const [file, content] of Object.entries(more)) {
      fs.writeFileSync(path.join(folder, file), `${JSON.stringify(content, undefined, 2)}\n`);
    }
    // The mode counts for the asset's hash and must not depend on the user's umask.
    for (const file of fs.readdirSync(folder)) { fs.chmodSync(path.join(folder, file), 0o644); }
    return new Asset(scope, 'Tools', { path: folder });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
