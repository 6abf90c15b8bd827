/**
 * Writes the API reference from the jsii assembly: `API.md`, a short index, and below `docs/api` one page for each part
 * of this package and each language.
 * Usage: npx tsx scripts/api-reference.ts [directory to write to instead of the repository]
 *
 * The names and types in each language are jsii-docgen's. Its own pages are one file of 11,000 lines in a fixed order
 * without an index, so only its data is taken.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ApiReferenceSchema } from 'jsii-docgen';
import { Documentation, Language } from 'jsii-docgen';
import { LANGUAGE_SPECIFIC } from 'jsii-docgen/lib/docgen/view/documentation';
import { Declarations } from './api/declarations';
import { index } from './api/index-page';
import { Keywords } from './api/keywords';
import { Page } from './api/page';
import { LANGUAGES, PARTS } from './api/parts';

const ROOT = path.resolve(__dirname, '..');

/** No example is translated, since none is shown: without this Python takes three times as long. */
LANGUAGE_SPECIFIC.python.rosettaTarget = undefined;

async function main(target: string): Promise<void> {
  const declarations = new Declarations(path.join(ROOT, '.jsii'));
  const assemblies = ownAssemblies();
  const documentation = await Documentation.forProject(ROOT, { assembliesDir: assemblies });
  const inTypeScript = await referenceIn(documentation, 'typescript');
  const references = { typescript: inTypeScript, python: await referenceIn(documentation, 'python') };
  const keywords = new Keywords(inTypeScript);
  const pages = LANGUAGES.flatMap(language => PARTS.map(part =>
    new Page(part, language, references[language.id], declarations, keywords)));
  fs.rmSync(path.join(target, 'docs', 'api'), { recursive: true, force: true });
  for (const page of pages) { write(path.join(target, page.file), page.text()); }
  write(path.join(target, 'API.md'), index(pages));
  fs.rmSync(assemblies, { recursive: true });
}

/**
 * A directory with the assemblies of this package and of its dependencies, and no other: jsii-docgen takes whichever it
 * finds, also that of an older state of this package in the repository that `npm run demo` leaves.
 */
function ownAssemblies(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'assemblies-'));
  const modules = path.join(ROOT, 'node_modules');
  const packages = fs.readdirSync(modules).flatMap(name => (
    name.startsWith('@') ? fs.readdirSync(path.join(modules, name)).map(inner => `${name}/${inner}`) : [name]));
  for (const from of [ROOT, ...packages.map(name => path.join(modules, name))]) {
    const to = path.join(directory, path.relative(ROOT, from));
    for (const file of ['.jsii', '.jsii.gz', 'package.json'].filter(name => (
      fs.existsSync(path.join(from, '.jsii')) && fs.existsSync(path.join(from, name))))) {
      fs.mkdirSync(to, { recursive: true });
      fs.copyFileSync(path.join(from, file), path.join(to, file));
    }
  }
  return directory;
}

async function referenceIn(documentation: Documentation, language: string): Promise<ApiReferenceSchema> {
  const { content } = await documentation.toJson({ language: Language.fromString(language), allSubmodules: true });
  return content.apiReference!;
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

void main(path.resolve(process.argv[2] ?? ROOT)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
