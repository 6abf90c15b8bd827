import * as fs from 'node:fs';
import type { Json } from './assembly';
import { startJudge } from './judge';
import { document, type IamRole, type Policies, readPolicies } from './policies';
import { accountIn } from './resources';

/**
 * A judge for a process of another language: `tsx serve.ts <what>` prints its address, and ends when its standard input
 * does. What it judges by is the directory of a cloud assembly, or a file with roles: `{arn: {trust, policies?}}`.
 */
function policiesOf(what: string): Policies {
  if (fs.statSync(what).isDirectory()) { return readPolicies(what); }
  const roles = JSON.parse(fs.readFileSync(what, 'utf-8')) as { [arn: string]: Json };
  return {
    roles: new Map(Object.entries(roles).map(([arn, role]) => [arn, roleOf(arn, role)])), stacks: [],
    resources: new Map(),
  };
}

function roleOf(arn: string, { trust, policies = [] }: Json): IamRole {
  return {
    arn, account: accountIn(arn), region: '', stack: '', logicalId: '', trust: document(trust), managedPolicies: [],
    suppressions: [], policies: policies.map((policy: Json) => ({ name: 'own', document: document(policy) })),
  };
}

async function main(): Promise<void> {
  const judge = await startJudge(policiesOf(process.argv[2]));
  process.stdout.write(`${judge.url}\n`);
  process.stdin.resume().on('end', () => { void judge.stop(); });
}

void main();
