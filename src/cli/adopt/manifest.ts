import * as fs from 'node:fs';
import * as path from 'node:path';

/** What is asked of the `package.json` that was there. */
export interface Manifest {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

/** Reads `package.json`; undefined when there is none, or none that can be read: broken or not, it stays as it is. */
export function manifestOf(root: string): Manifest | undefined {
  const file = path.join(root, 'package.json');
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) { return undefined; }
  try {
    const manifest: unknown = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}
