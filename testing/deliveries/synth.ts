import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';

/** Part of a template; what is in it is what the tests are about. */

export type Json = any;

// The CDK's own validation takes longer than everything else of a synth; cfn-lint, which finds more, looks at the same
// templates in the slow stage.
process.env.CDK_VALIDATION ??= 'false';

const made: string[] = [];

/** A repository with as much in it as the infrastructure needs. */
export function repository(delivery: DeliveryOptions): string {
  const root = temporary();
  fs.mkdirSync(path.join(root, 'config'));
  fs.mkdirSync(path.join(root, 'infra'));
  fs.mkdirSync(path.join(root, 'model'));
  fs.writeFileSync(path.join(root, 'config', 'delivery.json'), JSON.stringify({
    $schema: './delivery.schema.json', ...delivery,
  }));
  fs.writeFileSync(path.join(root, 'infra', 'app.ts'), '// the app\n');
  fs.writeFileSync(path.join(root, 'package.json'), '{}\n');
  fs.writeFileSync(path.join(root, 'model', 'train.py'), '# not infrastructure\n');
  return root;
}

/** A temporary folder; `cleanUp` removes all of them. */
export function temporary(): string {
  made.push(fs.mkdtempSync(path.join(os.tmpdir(), 'infra-test-')));
  return made[made.length - 1];
}

export function cleanUp(): void {
  made.splice(0).forEach(folder => fs.rmSync(folder, { recursive: true, force: true }));
}

/** A delivery's app. */
export interface Synthesized {
  readonly app: App;
  readonly cicd: infra.SageMakerCicd;
  readonly stacks: { [name: string]: Stack };
}

/** The stacks of a delivery by name, those of the endpoints included. */
export function stacksOf(delivery: DeliveryOptions): Synthesized {
  const app = new App({ outdir: temporary() });
  const cicd = infra.SageMakerCicd.fromConfig(
    app, 'Delivery', path.join(repository(delivery), 'config', 'delivery.json'),
  );
  const endpoints = cicd.endpoints.node.children.filter(Stack.isStack);
  return { app, cicd, stacks: { ...cicd.stacks, ...Object.fromEntries(endpoints.map(s => [s.stackName, s])) } };
}

/** The templates of a delivery by stack name. */
export function templatesOf(delivery: DeliveryOptions): { [name: string]: Template } {
  const { stacks } = stacksOf(delivery);
  return Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, Template.fromStack(stack)]));
}

/** Resources of a type by logical id. */
export function resources(template: Template, type: string): Json[] {
  return Object.values(template.findResources(type));
}
