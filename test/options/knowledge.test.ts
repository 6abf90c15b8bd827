import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { checkProject } from '../../src/options/check-project';
import { checkAgainst } from '../../src/options/engine/check';
import { misspelt } from '../../src/options/engine/nearest';
import { isBranch } from '../../src/options/knowledge/branch';
import { FRAMEWORKS, hyperparametersOf, PROBLEM_TYPES, unpatched } from '../../src/options/knowledge/frameworks';
import { CONTAINER_REGIONS, isRegionSpelling, partitionOf } from '../../src/options/knowledge/regions';
import { DATA_FORM } from '../../src/options/model-settings';
import { COLUMN_ROLES } from '../../src/options/rules/data-rules';
import { KEYWORDS, REPORT_FIELDS } from '../../src/options/rules/metric-rules';
import { declared, declaredOption } from '../../src/options/schemas/declared';
import { PIPELINE_PARAMETERS } from '../../src/options/schemas/pipeline-parameters';

const PYTHON = path.resolve(__dirname, '..', '..', 'templates', 'python');
const python = (file: string): string => fs.readFileSync(path.join(PYTHON, file), 'utf8');
const XGBOOST = Object.keys(FRAMEWORKS.xgboost.hyperparameters);
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(match => match[1]);

test('the parameters are those of the pipeline', () => {
  expect(Object.keys(PIPELINE_PARAMETERS)).toEqual(
    all(python('pipelines/parameters.py'), /Parameter(?:String|Integer|Float)\(\s*"(\w+)"/g),
  );
});

test('the frameworks that the option takes are those with a manifest', () => {
  expect(declared('RepositoryOptions').properties?.framework?.enum).toEqual(Object.keys(FRAMEWORKS));
});

test.each(Object.keys(FRAMEWORKS))('the libraries of %s on this machine have the versions of its image', framework => {
  const { requirements, image } = FRAMEWORKS[framework];
  const minor = Number(image.python.split('.')[1]);
  const holds = (marker = ''): boolean => {
    const [, operator, version] = /python_version (\S+) "3\.(\d+)"/.exec(marker) ?? [];
    return operator === '<' ? minor < Number(version) : operator === '>=' ? minor >= Number(version) : true;
  };
  const there = requirements.filter(requirement => holds(requirement)).map(requirement =>
    /^([\w-]+)==([\w.]+)/.exec(requirement)!.slice(1));
  expect(there.length).toBeGreaterThan(4);
  for (const [name, version] of there) {
    expect([name, image.packages[name.replace('xgboost-cpu', 'xgboost')]]).toEqual([name, version]);
  }
  expect(Object.keys(image.packages).filter(name => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
});

test.each(Object.keys(FRAMEWORKS))('%s has no hyperparameter that it takes and refuses, and takes its '
  + 'defaults', framework => {
  const { hyperparameters, refused, defaults, trainingMetrics } = FRAMEWORKS[framework];
  expect(Object.keys(hyperparameters).filter(name => name in refused)).toEqual([]);
  expect(Object.keys(hyperparameters).length).toBeGreaterThan(12);
  for (const [problemType, values] of Object.entries(defaults)) {
    expect(Object.keys(hyperparametersOf(framework, problemType).taken)).toEqual(
      expect.arrayContaining(Object.keys(values)),
    );
    expect(checkProject({ name: 'churn', framework, problemType, training: { hyperparameters: values } })).toEqual([]);
  }
  expect([defaults, trainingMetrics].map(Object.keys)).toEqual(Array(2).fill(Object.keys(PROBLEM_TYPES)));
});

test('the page on hyperparameters has each of them, and no other', () => {
  const page = fs.readFileSync(path.resolve(PYTHON, '..', '..', 'docs', 'hyperparameters.md'), 'utf8');
  const listed = (title: string): string[] =>
    all(page.split(`\n## ${title}\n`)[1].split('\n## ')[0], /^\| ([^|]+) \|/gm)
      .flatMap(cell => all(cell, /`(\w+)`/g)).sort();
  for (const { title, hyperparameters } of Object.values(FRAMEWORKS)) {
    expect(listed(title)).toEqual(Object.keys(hyperparameters).sort());
  }
});

test.each(Object.keys(FRAMEWORKS))('after its last day of patches the image of %s is warned of', framework => {
  const { image: { endOfPatch }, containerVersion } = FRAMEWORKS[framework];
  const day = (offset: number) => new Date(Date.parse(endOfPatch) + offset * 86_400_000);
  expect([-1, 0].map(offset => unpatched(framework, day(offset)))).toEqual([undefined, undefined]);
  expect(unpatched(framework, day(1))).toContain(
    `${containerVersion} has received no security patches since ${endOfPatch}`,
  );
});

test('the default gates are of metrics that there are, with a threshold in the metric\'s range', () => {
  for (const { metrics, metric, sampleGate } of Object.values(PROBLEM_TYPES)) {
    expect(Object.keys(metrics)).toContain(metric);
    const { minimum = -Infinity, maximum = Infinity } = metrics[sampleGate.metric];
    expect(sampleGate.threshold > minimum && sampleGate.threshold < maximum).toBe(true);
  }
});

test('an evaluation that is told no metric, alone in its container, decides by the default one', () => {
  const [text] = all(python('model/evaluate.py'), /^METRICS = (\{.*\})$/gm);
  expect(JSON.parse(text)).toEqual(
    Object.fromEntries(Object.entries(PROBLEM_TYPES).map(([name, { metric }]) => [name, metric])),
  );
});

test.each([
  ['QualityGateOptions', 'comparison', 'COMPARISONS'], ['TrainingOptions', 'goldenRows', 'GOLDEN_ROWS'],
  ['TrainingOptions', 'approvalStatus', 'APPROVAL_STATUSES'],
] as const)('the pipeline takes what %s.%s does', (struct, option, name) => {
  const [values] = all(python('pipelines/settings.py'), new RegExp(`^${name} = \\(([^)]*)\\)`, 'gm'));
  expect(all(values, /"([^"]+)"/g)).toEqual(declared(struct).properties?.[option].enum);
});

test('the pipeline takes the instance types and the names of hyperparameters that the options take', () => {
  const pattern = (name: string) =>
    new RegExp(`^${name} = re\\.compile\\(\\s*r"(.*)"\\s*\\)`, 'm').exec(python('pipelines/checks.py'))?.[1];
  const { instanceType, hyperparameters } = declared('TrainingOptions').properties ?? {};
  expect(`^${pattern('INSTANCE_TYPE')}$`).toBe(instanceType.pattern);
  expect(`^${pattern('PARAMETER_NAME')}$`).toBe(hyperparameters.propertyNames?.pattern);
});

test('the pipeline takes the own metrics that the options take', () => {
  const settings = python('pipelines/metric_settings.py');
  const { name, better } = declared('CustomMetricOptions').properties ?? {};
  const number = (constant: string) => Number(new RegExp(`^${constant} = (\\d+)$`, 'm').exec(settings)?.[1]);
  expect(`^${/^NAME = re\.compile\(r"(.*)"\)$/m.exec(settings)?.[1]}$`).toBe(name.pattern);
  expect(number('LONGEST_NAME')).toBe(name.maxLength);
  expect(number('MOST_METRICS')).toBe(declaredOption('RepositoryOptions', 'customMetrics').maxItems);
  expect(all(/^DIRECTIONS = \(([^)]*)\)/m.exec(settings)?.[1] ?? '', /"([^"]+)"/g)).toEqual(better.enum);
  const fields = all(/^FIELDS = \(([^)]*)\)/m.exec(settings)?.[1] ?? '', /"([^"]+)"/g);
  expect(fields).toEqual(REPORT_FIELDS);
});

test('no own metric is named as a word of Python', () => {
  const words = execFileSync('python3', ['-c', 'import keyword; print(*keyword.kwlist)'], { encoding: 'utf8' });
  expect(words.trim().split(' ').filter(word => /^[a-z]/.test(word))).toEqual([...KEYWORDS]);
});

test('what is known of the data\'s form is the same in Python: keys, roles, encodings, separators', () => {
  const data = python('pipelines/data_settings.py');
  const named = all(/^ROLES = \(([^)]*)\)/m.exec(data)?.[1] ?? '', /"(\w+)"/g);
  expect(named).toEqual([...COLUMN_ROLES]);
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase());
  expect(all(data, /^ {4}(\w+): [^\n]*\| None = /gm).map(camel)).toEqual([...DATA_FORM]);
  const { encoding, separator } = declared('TrainingOptions').properties ?? {};
  expect(all(/^ENCODINGS = \(([^)]*)\)/m.exec(data)?.[1] ?? '', /"([^"]+)"/g)).toEqual(encoding.enum);
  const pattern = /^SEPARATOR = re\.compile\(r"(.*)"\)$/m.exec(data)?.[1];
  expect(`^${pattern}$`).toBe(separator.pattern);
});

test.each([...';|\t :,~^'])('%j separates cells', separator => {
  expect(checkAgainst(declared('TrainingOptions'), { separator }, 'training')).toEqual([]);
});

test.each([...'a7"\'.-\n\r\0é', '', ';;', 'ab'])('%j does not separate cells', separator => {
  const problems = checkAgainst(declared('TrainingOptions'), { separator }, 'training');
  expect(problems.map(p => p.path)).toEqual(['training.separator']);
});

test('a misspelt name is near a known one; a short or different one is the user\'s own', () => {
  expect(misspelt('num_rounds', XGBOOST)).toBe('num_round');
  expect(misspelt('inputDataURL', Object.keys(PIPELINE_PARAMETERS))).toBe('InputDataUrl');
  expect(misspelt('beta', XGBOOST)).toBeUndefined();
  expect(misspelt('eta', XGBOOST)).toBeUndefined();
});

test('git itself takes the same branch names', () => {
  const word = fc.constantFrom(
    'a', 'b', '/', '.', '..', '-', '@', '{', '@{', '~', '^', ':', '?', '*', '[', '\\', ' ', '\t', '\u007f', 'lock',
    '.lock', 'HEAD', 'ü', '//', '_', '#', '"',
  );
  const names = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }).map(parts => parts.join('')), {
    numRuns: 150, seed: 7,
  });
  const git = (name: string): boolean => spawnSync('git', ['check-ref-format', `refs/heads/${name}`]).status === 0
    && !/^(-|@$|HEAD$)/.test(name);
  const known = [
    'main', 'feature/x', 'a.lock', 'a.lock/b', '.a', 'a/.b', 'a..b', 'a/', '/a', 'a.', '-a', '@', 'HEAD', 'a/HEAD',
    'x.locked', 'a@b',
  ];
  for (const name of new Set([...known, ...names])) { expect([name, isBranch(name)]).toEqual([name, git(name)]); }
});

test('every region with images is spelt as regions are, and has the partition of the CDK', () => {
  const { RegionInfo } = jest.requireActual<{ RegionInfo: { get(name: string): { partition?: string } } }>(
    'aws-cdk-lib/region-info',
  );
  for (const region of CONTAINER_REGIONS) {
    expect([region, isRegionSpelling(region)]).toEqual([region, true]);
    const known = RegionInfo.get(region).partition;
    if (known !== undefined) { expect([region, partitionOf(region)]).toEqual([region, known]); }
  }
  expect(['eu-wset-1', 'useast-1', 'eu-west', 'eu-west-10'].filter(isRegionSpelling)).toEqual([]);
  expect(['mx-central-1', 'ap-east-2', 'us-isob-west-1', 'eusc-de-east-1', 'eu-isoe-west-1'].filter(region =>
    !isRegionSpelling(region))).toEqual([]);
});
