import { Project } from 'projen';
import { Delivery } from '../../../src/delivery/delivery';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { addCalling } from '../../../src/project/components/calling';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();

function made(options: DeliveryOptions): void {
  const project = new Project({ name: 'churn', outdir: directory.path });
  addCalling(project, Delivery.of(options));
  project.synth();
}

interface Notebook {
  readonly nbformat: number;
  readonly cells: ReadonlyArray<{
    readonly id: string;
    readonly cell_type: string;
    readonly source: readonly string[];
    readonly outputs?: readonly unknown[];
  }>;
}

const notebook = (): Notebook => JSON.parse(directory.read('docs/calling.ipynb')) as Notebook;
const commands = (): string => directory.read('docs/calling.md');

/** What the notebook knows of the environments, as Python reads it. */
function environments(): { readonly [name: string]: any } {
  const source = notebook().cells[1].source.join('');
  const text = /json\.loads\("""\n([^]*?)\n"""\)/.exec(source)![1];
  return JSON.parse(text.replace(/\\(.)/g, '$1')) as { readonly [name: string]: any };
}

describe('a delivery with an API in front of every endpoint', () => {
  beforeEach(() => made(DELIVERIES.apis));

  test('the notebook is of the form that Jupyter reads, with cells that have not run', () => {
    const { nbformat, cells } = notebook();
    expect(nbformat).toBe(4);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    for (const { id, cell_type: type, outputs } of cells) {
      expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
      expect(outputs).toEqual(type === 'code' ? [] : undefined);
    }
    expect(JSON.stringify(cells)).not.toContain('{{');
  });
  test('it knows each environment by the names that its options give it', () => {
    const { dev, staging, prod, documents } = environments();
    expect([dev.endpoint, prod.endpoint]).toEqual([undefined, undefined]);
    expect(prod).toMatchObject({
      region: 'eu-west-1', endpointStack: 'churn-main-prod-endpoint', stack: 'churn-main-prod-environment',
      api: { path: 'api', authorization: 'iam', needsKey: true, domain: 'churn.example.org' },
    });
    expect(staging).toMatchObject({ endpoint: 'churn-main-staging', api: { path: 'predict', needsKey: false } });
    expect(dev.api.authorization).toBe('jwt');
    expect(documents).toMatchObject({ kind: 'asynchronous', api: { isPrivate: true } });
  });
  test('commands sign where the API asks for it, bring a token, or a key', () => {
    const [, dev, staging, prod, documents] = commands().split(/^## /m);
    expect(dev).toContain('curl -H "Authorization: Bearer $TOKEN" "$API/predict"');
    expect(staging).toContain('ENDPOINT=churn-main-staging\n');
    expect(staging).toContain('--aws-sigv4 "aws:amz:$REGION:execute-api"');
    expect(prod).toContain('API="https://churn.example.org"');
    expect(prod).toContain('-H "x-api-key: $API_KEY" "$API/api"');
    expect(prod).toContain('--stack-name churn-main-prod-endpoint --query "Stacks[0].Outputs[?OutputKey==\'EndpointName\']');
    expect(documents).toContain('inside the VPC');
    expect(documents).toContain('X-Amzn-SageMaker-InputLocation: s3://churn-main-documents-capture-444444444444-eu-west-1');
  });
});

test('a body of any characters stays one argument, and one text of Python', () => {
  const body = 'it\'s "quoted" \\ and """\nmore';
  made({ ...DELIVERIES.default, endpoint: { ...DELIVERIES.default.endpoint, smokeTest: { body, contentType: 'text/csv' } } });
  expect(commands()).toContain('--data-binary \'it\'\\\'\'s "quoted" \\ and """\nmore\'');
  expect(Object.values(environments())[0].body).toBe(body);
});

test('without an API there is the endpoint alone', () => {
  made(DELIVERIES.default);
  expect(commands()).toContain('churn-main-prod');
  expect(commands()).not.toContain('### The API');
});

test('of several groups each environment is named with its group', () => {
  made(DELIVERIES.twoGroups);
  expect(Object.keys(environments()).every(name => name.includes('/'))).toBe(true);
});
