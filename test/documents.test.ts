import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkProject } from '../src/options/check-project';
import { DeliveryEngine } from '../src/options/delivery-engine';
import { EnvironmentType } from '../src/options/deployment-group';
import { DeploymentApprovals } from '../src/options/github-actions';
import { GovernanceProfile } from '../src/options/governance';
import { MonitorSchedule, RetrainingReason } from '../src/options/monitoring';
import { RetrainingCommit } from '../src/options/retraining';
import { SourceType } from '../src/options/source';
import { checkDelivery } from '../src/plan/check';

const ROOT = path.join(__dirname, '..');
const PAGES = [
  'README.md', 'AGENTS.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md',
  ...fs.readdirSync(path.join(ROOT, 'docs')).filter(name => name.endsWith('.md')).map(name => `docs/${name}`),
];

/** Pages that are made from the declarations. */
const REFERENCE = ['API.md', ...fs.readdirSync(path.join(ROOT, 'docs/api'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md')).map(name => path.posix.join('docs/api', name))];

const read = (page: string): string => fs.readFileSync(path.join(ROOT, page), 'utf8');

/** A heading's anchor, as GitHub and GitLab make it. */
const anchorsOf = (page: string): string[] => [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
  heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-'));

const blocks = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code);

test('the front page is at most 150 lines', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
});

test.each([...PAGES, ...REFERENCE])('links and pictures of %s lead somewhere', page => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to).filter(to => !/^https?:/.test(to));
  const broken = links.filter(link => {
    const [file, anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (!fs.existsSync(path.join(ROOT, target))) { return true; }
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each([...PAGES, ...REFERENCE])('%s has no placeholder in angle brackets that would vanish as a tag', page => {
  const text = read(page).replace(/^```[^]*?^```$/gm, '').replace(/^ {4}.*$/gm, '').replace(/`[^`\n]*`/g, '');
  expect(text.match(/(?<!\\)<(?!br>|https:|!--)[^\n]{0,40}/g) ?? []).toEqual([]);
});

test('every page of the API reference is linked from its index, in both languages', () => {
  const index = read('API.md');
  const pages = REFERENCE.filter(page => page !== 'API.md');
  expect(pages.filter(page => !index.includes(`](${page})`))).toEqual([]);
  const of = (language: string): string[] => pages.flatMap(page => page.split(`/${language}/`)[1] ?? []).sort();
  expect(of('python')).toEqual(of('typescript'));
  expect(of('typescript')).toEqual(['infra.md', 'options.md', 'project.md']);
});

test('every page of docs/ is linked from the front page', () => {
  const front = read('README.md');
  expect(PAGES.filter(page => page.startsWith('docs/') && !front.includes(`](${page})`))).toEqual([]);
});

test('what troubleshooting quotes is said by the code', () => {
  const quoted = [...read('docs/troubleshooting.md').matchAll(/^\| "([^"]+)" \|/gm)].map(([, words]) => words);
  expect(quoted.length).toBeGreaterThan(15);
  const said = (words: string): boolean => spawnSync(
    'grep', ['-rqF', '--', words, 'src', 'tools', 'runner/local_runner', 'templates/python'], { cwd: ROOT },
  ).status === 0;
  expect(quoted.filter(words => !said(words))).toEqual([]);
});

/** The options of a block: of the project's constructor, or a part of them without a name. */
function optionsOf(code: string): object {
  const whole = /new SageMakerCicdProject\((\{[^]*?\n\})\);/.exec(code)?.[1] ?? `{ name: 'churn', ${code} }`;
  return valueOf(whole);
}

/** The block is text of ours, and evaluating it is the point. */
function valueOf(expression: string): object {
  const known = {
    DeliveryEngine, DeploymentApprovals, EnvironmentType, GovernanceProfile, MonitorSchedule, RetrainingCommit,
    RetrainingReason, SourceType,
  };
  return new Function(...Object.keys(known), `return (${expression});`)(...Object.values(known)) as object;
}

test('options of an engine are in blocks that are checked', () => {
  const pages = ['docs/engines.md', 'docs/engine-github-actions.md', 'docs/pull-requests.md'];
  const unchecked = pages.flatMap(page => read(page).replace(/^```[^]*?^```$/gm, '').match(/^ {4}\w+: .*$/gm) ?? []);
  expect(unchecked).toEqual([]);
});

test.each(PAGES.flatMap(page => blocks(page, 'ts').map((code, index) => ({ page, index, code }))))(
  'the options in $page, block $index, are right', ({ code }) => {
    const delivery = /Delivery\.of\((\{.*\})\);/.exec(code)?.[1];
    expect(delivery ? checkDelivery(valueOf(delivery)) : checkProject(optionsOf(code))).toEqual([]);
  },
);

test('the options in Python are those in TypeScript by their Python names', () => {
  const page = 'docs/getting-started.md';
  const names = (code: string, pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([, name]) => name).sort();
  const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const [python] = blocks(page, 'python');
  const [typescript] = blocks(page, 'ts');
  const written = names(python, /\b(\w+)=/g).map(camel).filter(name => name !== 'projenrcPython');
  const constants = ['max_depth'].map(camel);
  expect(written.concat(constants).sort()).toEqual(names(typescript, /\b(\w+): /g).map(camel));
});
