import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** Tools that run in a delivery, at the package's root; paths of tools begin here. */
const TOOLS = path.resolve(__dirname, '..', '..', '..', 'tools');

/** Folders whose files import each other as a package of Python: they stay together in an asset, as they are. */
const PACKAGES = ['../runner/local_runner/api', '../runner/local_runner/report', '../monitor/model_monitor'];

/** Files of a folder of tools that are part of it, as `folder/name`. */
export function toolsIn(folder: string, files: RegExp): string[] {
  return fs.readdirSync(path.join(TOOLS, folder)).filter(name => files.test(name)).map(name => `${folder}/${name}`);
}

/**
 * Tools as an asset, side by side in one folder with further files, packages in folders of their own: whoever runs them
 * always runs those that it was deployed with, never what a commit brings.
 */
export function toolsAsset(
  scope: Construct, tools: readonly string[], more: { readonly [file: string]: object } = {},
): Asset {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tools-'));
  try {
    for (const file of tools) {
      const target = path.join(folder, placeOf(file));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.copyFileSync(path.join(TOOLS, file), target);
    }
    for (const [file, content] of Object.entries(more)) {
      fs.writeFileSync(path.join(folder, file), contentOf(content));
    }
    // The mode counts for the asset's hash and must not depend on the user's umask.
    for (const entry of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const place = path.join(folder, entry);
      fs.chmodSync(place, fs.statSync(place).isDirectory() ? 0o755 : 0o644);
    }
    return new Asset(scope, 'Tools', { path: folder });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What a file of JSON beside tools holds. */
export function contentOf(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Where a tool is in an asset. */
function placeOf(file: string): string {
  const part = PACKAGES.find(folder => file.startsWith(`${folder}/`));
  return part === undefined ? path.posix.basename(file)
    : path.posix.join(path.posix.basename(part), path.posix.relative(part, file));
}
