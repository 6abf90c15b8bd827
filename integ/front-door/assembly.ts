import * as fs from 'node:fs';

interface Assembly {
  readonly types: {
    readonly [fqn: string]: { readonly name: string; readonly kind: string; readonly namespace?: string };
  };
}

/**
 * Names that exist at run time (classes and enums, no interfaces) in a jsii assembly, of the top level or of a
 * submodule.
 */
export function runtimeNames(assemblyFile: string, namespace?: string): string[] {
  const { types } = JSON.parse(fs.readFileSync(assemblyFile, 'utf8')) as Assembly;
  return Object.values(types)
    .filter(type => type.namespace === namespace && type.kind !== 'interface')
    .map(type => type.name)
    .sort();
}
