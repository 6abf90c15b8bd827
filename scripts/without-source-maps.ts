/**
 * Takes the source maps out of the compiled code: jsii puts them, with the whole source, into every file, which makes
 * up most of the package and is read by nobody who uses it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

const lib = path.resolve(__dirname, '..', 'lib');
for (const name of fs.readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js'))) {
  const file = path.join(lib, name);
  const code = fs.readFileSync(file, 'utf8');
  const without = code.replace(/\n\/\/# sourceMappingURL=data:[^\n]*\n?$/, '\n');
  if (without !== code) { fs.writeFileSync(file, without); }
}
