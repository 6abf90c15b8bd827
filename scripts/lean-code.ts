/**
 * Takes out of the compiled code what nobody runs: the source maps, which jsii puts with the whole source into every
 * file, and the comments, which people read in the declarations beside it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const lib = path.resolve(__dirname, '..', 'lib');
const printer = ts.createPrinter({ removeComments: true });
for (const name of fs.readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js'))) {
  const file = path.join(lib, name);
  const code = fs.readFileSync(file, 'utf8');
  const lean = printer.printFile(ts.createSourceFile(name, code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS));
  if (lean !== code) { fs.writeFileSync(file, lean); }
}
