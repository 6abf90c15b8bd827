/**
 * Makes the compiled front door (`lib/index.js`) lazy, after jsii has written it.
 *
 * A jsii package has one entry point. As jsii writes it, a `.projenrc` that needs only the project layer loads the CDK,
 * and a CDK app loads projen. Here every export becomes a getter that loads its own layer: those of the project layer
 * enumerable, since `projen new` spreads the module's enumerable exports, and `infra` not, since that spread would load
 * the CDK.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

const lib = path.resolve(__dirname, '..', 'lib');
const layers = ['options', 'delivery', 'project'];

function runtimeExports(layer: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return Object.keys(require(path.join(lib, layer)) as object).filter(name => name !== '__esModule').sort();
}

const lines = [
  '"use strict";',
  'Object.defineProperty(exports, "__esModule", { value: true });',
  '// Names for tools that read CommonJS exports without running them.',
  `0 && (${[...layers.flatMap(runtimeExports), 'infra'].map(name => `exports.${name} =`).join(' ')} 0);`,
  'function lazy(name, enumerable, load) {',
  '  Object.defineProperty(exports, name, { enumerable, configurable: true, get: load });',
  '}',
  ...layers.flatMap(layer =>
    runtimeExports(layer).map(name => `lazy("${name}", true, () => require("./${layer}").${name});`)),
  'lazy("infra", false, () => require("./infra"));',
  '',
];
fs.writeFileSync(path.join(lib, 'index.js'), lines.join('\n'));
