import { main } from '../../src/cli/main';

/** What a command came to, and what it wrote. */
export interface Said {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in a directory, as a person at the command line does. */
export async function said(directory: string, ...argv: string[]): Promise<Said> {
  const texts = { out: '', err: '' };
  const spies = [
    jest.spyOn(process, 'cwd').mockReturnValue(directory),
    jest.spyOn(process.stdout, 'write').mockImplementation(text => { texts.out += String(text); return true; }),
    jest.spyOn(process.stderr, 'write').mockImplementation(text => { texts.err += String(text); return true; }),
  ];
  const before = process.exitCode;
  try {
    await main(argv);
    return { code: process.exitCode, ...texts };
  } finally {
    process.exitCode = before;
    spies.forEach(spy => spy.mockRestore());
  }
}
