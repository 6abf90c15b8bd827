import { spawn } from 'node:child_process';
import * as path from 'node:path';

/** What a finished program left. */
export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

/** How a program is run. */
export interface ToolOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a program without a shell and waits for it; one that is not there counts as failed. */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return new Promise(resolve => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, output] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; output += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { output += text; });
    child.on('error', error => resolve({ status: 127, stdout, output: `${command}: ${error.message}` }));
    child.on('close', code => resolve({ status: code ?? 1, stdout, output }));
  });
}

/** The environment of the tools: a repository's own programs come first, wherever the command was started from. */
export function toolEnvironment(root: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, ...inherited } = process.env;
  const options = withoutRuntimeOptions(NODE_OPTIONS);
  const own = [path.join(root, '.uv', 'bin'), path.join(root, 'node_modules', '.bin')];
  return {
    ...inherited,
    ...(options ? { NODE_OPTIONS: options } : {}),
    PATH: [...own, inherited.PATH ?? ''].join(path.delimiter),
  };
}

/** From Python, jsii hands the options of its own Node.js process on; they are not meant for npm and projen. */
function withoutRuntimeOptions(options: string | undefined): string | undefined {
  return options
    ?.split(' ')
    .filter(option => !/^--(preserve-symlinks(-main)?|max-old-space-size=\d+)$/.test(option))
    .join(' ')
    .trim();
}
