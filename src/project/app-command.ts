/** How the CDK app is run, by its language. */
export const APP_COMMANDS = { typescript: 'node --import tsx infra/app.ts', python: 'uv run --frozen --only-group infra python infra/app.py' } as const;

/** What tells the CDK which app is meant where `cdk.json` does not. */
export function appArguments(python: boolean): string {
  return `--app "${APP_COMMANDS[python ? 'python' : 'typescript']}" --output cdk.out`;
}
