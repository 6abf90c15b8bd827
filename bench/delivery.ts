import * as fs from 'node:fs';
import * as path from 'node:path';
import { interleaved } from './measure';
import { ratio, type Row, seconds } from './table';
import { DELIVERIES } from '../testing/deliveries/deliveries';
import { run } from '../testing/harness/process';
import type { Repository } from '../testing/harness/repository';

/** What a synth of deliveries of growing size says about itself. */
interface Growth {
  readonly environments: number;
  readonly resources: number;
  readonly seconds: number;
  /** Resources of the largest template. */
  readonly most: number;
  /** Bytes of the largest template. */
  readonly largest: number;
}

const ENDPOINT = { smokeTest: { body: '1,2,3' } };

/**
 * `cdk synth`, as the task `synth` calls it, of two groups over seven accounts, beside a plain CDK app with ts-node
 * that makes as many resources in as many stacks.
 *
 * @param ours a generated repository of the TypeScript flavour
 * @param stock a stock CDK app in TypeScript
 */
export async function sevenAccountSynth(ours: Repository, stock: Repository, runs: number): Promise<Row> {
  fs.writeFileSync(ours.path('config', 'delivery.json'), JSON.stringify(DELIVERIES.sevenAccounts));
  await ours.run('npx', ['cdk', 'synth', '--quiet'], { seconds: 300 });
  const counts = resourceCounts(ours.path('cdk.out'));
  fs.writeFileSync(stock.path('src', 'main.ts'), plainApp(counts));
  const times = await interleaved({
    ours: async () => ours.run('npx', ['cdk', 'synth', '--quiet', '--no-validation'], { seconds: 300 }),
    stock: async () => stock.run('npx', ['cdk', 'synth', '--quiet'], { seconds: 300 }),
  }, runs);
  const theirs = resourceCounts(stock.path('cdk.out'));
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
  if (Math.abs(sum(theirs) - sum(counts)) > sum(counts) * 0.02) {
    throw new Error(`The plain app made ${sum(theirs)} resources in place of ${sum(counts)}.`);
  }
  return ratio(
    `cdk synth, 7 accounts, ${sum(counts)} resources, beside a plain app with ts-node`, times.ours, times.stock, 0.4,
  );
}

/** Time per resource of deliveries of 10 and of 100 environments, and the largest template of all. */
export async function growth(packages: string, env: NodeJS.ProcessEnv, runs: number): Promise<Row[]> {
  const script = path.join(packages, 'growth.js');
  fs.writeFileSync(script, GROWTH);
  const measured: Growth[][] = [];
  for (let round = 0; round < runs; round++) {
    const { stdout } = await run('node', [script, '1', '10', '100'], { cwd: packages, env });
    measured.push(JSON.parse(stdout) as Growth[]);
  }
  // The fastest of the runs: everything else on the machine can only slow a run down.
  const best = measured[0].map((_, i) => measured.map(all => all[i]).reduce((a, b) => (b.seconds < a.seconds ? b : a)));
  const each = ({ seconds: time, resources }: Growth): number => (time / resources) * 1000;
  const [one, ten, hundred] = best;
  const say = (g: Growth): string => `${seconds(g.seconds)} for ${g.resources}`;
  return [
    {
      what: 'time per resource, 100 environments beside 10', ours: say(hundred), other: say(ten),
      figure: each(hundred) / each(ten), target: 1.2,
    },
    {
      what: 'time per resource, 100 environments beside 1', ours: say(hundred), other: say(one),
      figure: each(hundred) / each(one), target: 1.2,
    },
    {
      what: 'resources of the largest template', ours: `${hundred.most}`, other: '-',
      figure: Math.max(...best.map(g => g.most)), target: 400,
    },
    {
      what: 'largest template', ours: `${(hundred.largest / 1000).toFixed(0)} kB`, other: '-',
      figure: Math.max(...best.map(g => g.largest)) / 1000, target: 800, unit: 'kB',
    },
  ];
}

interface Template { readonly Resources?: { readonly [id: string]: { readonly Type: string } } }

/**
 * Numbers of resources of all templates of an assembly, nested ones included; what the CDK counts its own use with is
 * none of them.
 */
function resourceCounts(assembly: string): number[] {
  return fs.readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.template.json'))
    .map(file => JSON.parse(fs.readFileSync(path.join(assembly, file), 'utf8')) as Template)
    .map(({ Resources = {} }) => Object.values(Resources).filter(({ Type }) => Type !== 'AWS::CDK::Metadata').length);
}

/** What a person writes without this package: constructs of the CDK, as many as there are resources in our stacks. */
function plainApp(counts: readonly number[]): string {
  return `import {
  App, Stack, StackProps, aws_events as events, aws_iam as iam, aws_kms as kms, aws_logs as logs, aws_s3 as s3,
  aws_sns as sns, aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

export class PlainStack extends Stack {
  public constructor(scope: Construct, id: string, count: number, props: StackProps = {}) {
    super(scope, id, props);
    const makers: Array<(i: number) => unknown> = [
      i => new iam.Role(this, 'Role' + i, {
        assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
        inlinePolicies: {
          p: new iam.PolicyDocument({
            statements: [
              new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/*'] }),
            ],
          }),
        },
      }),
      i => new s3.Bucket(this, 'Bucket' + i, {
        versioned: true, encryption: s3.BucketEncryption.S3_MANAGED,
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      }),
      i => new kms.Key(this, 'Key' + i, { enableKeyRotation: true }),
      i => new sqs.Queue(this, 'Queue' + i),
      i => new sns.Topic(this, 'Topic' + i),
      i => new logs.LogGroup(this, 'Log' + i),
      i => new events.Rule(this, 'Rule' + i, { eventPattern: { source: ['aws.sagemaker'] } }),
    ];
    for (let i = 0; i < count; i++) { makers[i % makers.length](i); }
  }
}

const app = new App();
${JSON.stringify(counts)}.forEach((count, i) => new PlainStack(app, 'stack-' + i, count));
app.synth();
`;
}

/** Synthesizes deliveries in one process and says how long each took; run where this package is installed. */
const GROWTH = `const fs = require('fs'), os = require('os'), path = require('path');
const { App } = require('aws-cdk-lib/core');
const { infra } = require('sagemaker-cicd-projen');
function delivery(environments) {
  const perGroup = 5, groups = Math.ceil(environments / perGroup);
  // Ten accounts in all: a policy names each of them, and IAM limits its size.
  const account = n => String(200000000000 + n % 10);
  return {
    name: 'growth', endpoint: ${JSON.stringify(ENDPOINT)}, tooling: { account: '111111111111', region: 'eu-west-1' },
    deploymentGroups: Array.from({ length: groups }, (_, g) => ({
      name: 'group' + g, buildEnvironment: { account: account(g) },
      deployEnvironments: Array.from({ length: Math.min(perGroup, environments - g * perGroup) }, (_, e) => ({
        name: 'env' + e, account: account(g * perGroup + e),
      })),
    })),
  };
}
function synth(environments) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'growth-'));
  fs.mkdirSync(path.join(root, 'config'));
  fs.writeFileSync(path.join(root, 'config', 'delivery.json'), JSON.stringify(delivery(environments)));
  const started = process.hrtime.bigint();
  const app = new App({ outdir: path.join(root, 'cdk.out') });
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(root, 'config', 'delivery.json'));
  app.synth();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const templates = fs.readdirSync(path.join(root, 'cdk.out'), { recursive: true, encoding: 'utf8' })
    .filter(f => f.endsWith('.template.json')).map(f => path.join(root, 'cdk.out', f));
  const counts = templates.map(f => Object.keys(JSON.parse(fs.readFileSync(f, 'utf8')).Resources || {}).length);
  const result = {
    environments, resources: counts.reduce((a, b) => a + b, 0), seconds, most: Math.max(...counts),
    largest: Math.max(...templates.map(f => fs.statSync(f).size)),
  };
  fs.rmSync(root, { recursive: true });
  return result;
}
synth(1); // Loads everything.
console.log(JSON.stringify(process.argv.slice(2).map(Number).map(synth)));
`;
