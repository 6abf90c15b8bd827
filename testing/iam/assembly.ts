import * as fs from 'node:fs';
import * as path from 'node:path';

/** Part of a template; what is in it is what this library is about. */
export type Json = any;

/** Where a stack is when its template does not say. */
export interface DefaultPlace {
  readonly account: string;
  readonly region: string;
}

/** Account and region of stacks that name none. */
export const HERE: DefaultPlace = { account: '111111111111', region: 'eu-west-1' };

/** A stack of a cloud assembly. */
export interface SynthesizedStack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Json;
}

/** The stacks of a cloud assembly, those of nested assemblies included. */
export function readAssembly(directory: string, place: DefaultPlace = HERE): SynthesizedStack[] {
  const manifest = readJson(path.join(directory, 'manifest.json')) as { artifacts?: { [id: string]: Json } };
  return Object.entries(manifest.artifacts ?? {}).flatMap(([id, artifact]): SynthesizedStack[] => {
    if (artifact.type === 'cdk:cloud-assembly') {
      return readAssembly(path.join(directory, artifact.properties.directoryName), place);
    }
    if (artifact.type !== 'aws:cloudformation:stack') { return []; }
    const [, , account, region] = (artifact.environment as string).split('/');
    return [{
      name: artifact.properties.stackName ?? id,
      account: account === 'unknown-account' ? place.account : account,
      region: region === 'unknown-region' ? place.region : region,
      template: readJson(path.join(directory, artifact.properties.templateFile)),
    }];
  });
}

function readJson(file: string): Json {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
