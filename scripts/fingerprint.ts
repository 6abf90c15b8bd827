/**
 * What this package makes, as hashes: every file of a generated repository, of each example and in both flavours, and
 * every template and asset of the deliveries that the tests synthesize. A change that only moves code leaves all of it
 * equal.
 *
 * `npm run fingerprint` prints one hash for each thing and one for all, and leaves the hash of each file in
 * `build/fingerprint.txt`. `npm run fingerprint -- FILE` compares with such a file of before and names what differs.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { ROOT } from './python-tools';
import { infra, SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../src';
import type { DeliveryOptions } from '../src/options/delivery';
import { DELIVERIES } from '../testing/deliveries/deliveries';
import { SEVERAL_PLACES } from '../testing/deliveries/places';

process.env.PROJEN_DISABLE_POST = 'true';
process.env.CDK_VALIDATION = 'false';

/** Hashes of files by path. */
type Hashes = { [file: string]: string };

/** Where a promotion comes from; in no delivery of the tests, since it is a construct of its own there. */
const PROMOTION: DeliveryOptions = {
  ...DELIVERIES.sevenAccounts,
  promotion: {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:888888888888:model-package-group/Churn',
    targetBucketName: 'promoted-models',
    eventBusName: 'promotions', targetModelPackageGroupName: 'churn-promoted',
    kmsKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef',
  },
};
const PROMOTION_ALONE: DeliveryOptions = {
  ...DELIVERIES.default,
  promotion: {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:888888888888:model-package-group/churn',
    targetBucketName: 'promoted-models',
  },
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function hashesBelow(folder: string, wanted: (file: string) => boolean = () => true): Hashes {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const names = files.map(f => path.relative(folder, path.join(f.parentPath, f.name))).filter(wanted).sort();
  return Object.fromEntries(names.map(name => {
    const { mode } = fs.statSync(path.join(folder, name));
    return [
      name, sha256(Buffer.concat([fs.readFileSync(path.join(folder, name)), Buffer.from(mode & 0o100 ? 'x' : '')])),
    ];
  }));
}

function inTemporary<T>(use: (folder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fingerprint-'));
  try {
    return use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Templates and assets of a delivery. The files that say where on this machine things lie are left out. */
function synthesized(delivery: DeliveryOptions, config = JSON.stringify(delivery)): Hashes {
  return inTemporary(folder => {
    for (const [file, text] of [
      ['config/delivery.json', config], ['infra/app.ts', '// the app\n'], ['package.json', '{}\n'],
      ['model/train.py', '# not infrastructure\n'],
    ]) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    const outdir = path.join(folder, 'cdk.out');
    const app = new App({ outdir });
    infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(folder, 'config', 'delivery.json'));
    app.synth();
    return hashesBelow(outdir, file => !/(^|\/)(manifest|tree|[^/]*metadata)\.json$/.test(file));
  });
}

/** The examples name the package as its users do; `tsconfig.dev.json` says that this is the source. */
function exampleOptions(): { [name: string]: SageMakerCicdProjectOptions } {
  const names = fs.readdirSync(path.join(ROOT, 'examples')).filter(f => f.endsWith('.ts')).sort();
  return Object.fromEntries(names.map(file => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { options } = require(path.join(ROOT, 'examples', file)) as { options: SageMakerCicdProjectOptions };
    return [file.replace(/\.ts$/, ''), options];
  }));
}

function all(): { [thing: string]: Hashes } {
  const found: { [thing: string]: Hashes } = {};
  for (const [name, options] of Object.entries(exampleOptions())) {
    for (const projenrcPython of [false, true]) {
      const thing = `repository ${name} ${projenrcPython ? 'python' : 'typescript'}`;
      const delivery = inTemporary(outdir => {
        new SageMakerCicdProject({ ...options, projenrcPython, outdir }).synth();
        found[thing] = hashesBelow(outdir);
        return fs.readFileSync(path.join(outdir, 'config', 'delivery.json'), 'utf8');
      });
      found[`templates ${thing}`] = synthesized(JSON.parse(delivery) as DeliveryOptions, delivery);
    }
  }
  const deliveries = {
    ...DELIVERIES, severalPlaces: SEVERAL_PLACES, promotion: PROMOTION, promotionAlone: PROMOTION_ALONE,
  };
  for (const [name, delivery] of Object.entries(deliveries)) { found[`templates ${name}`] = synthesized(delivery); }
  return found;
}

function lines(found: { [thing: string]: Hashes }): string[] {
  return Object.entries(found).flatMap(([
    thing, hashes,
  ]) => Object.entries(hashes).map(([file, hash]) => `${hash}  ${thing}: ${file}`));
}

const log = console.log;
// projen and the checks of the CDK talk while they work.
console.log = () => undefined;
const found = all();
console.log = log;
const text = lines(found);
for (const [thing, hashes] of Object.entries(found)) {
  process.stdout.write(`${sha256(lines({ [thing]: hashes }).join('\n')).slice(0, 16)}  `
    + `${Object.keys(hashes).length.toString().padStart(4)} files  ${thing}\n`);
}
process.stdout.write(`${sha256(text.join('\n'))}  ${text.length} files in all\n`);
const earlier = process.argv[2];
if (earlier) {
  const before = fs.readFileSync(earlier, 'utf8').trimEnd().split('\n');
  const [gone, come] = [before.filter(line => !text.includes(line)), text.filter(line => !before.includes(line))];
  [...gone.map(line =>
    `- ${line}`), ...come.map(line => `+ ${line}`)].forEach(line => process.stdout.write(`${line}\n`));
  process.stdout.write(gone.length + come.length === 0 ? `equal to ${earlier}\n` : `differs from ${earlier}\n`);
  process.exitCode = gone.length + come.length === 0 ? 0 : 1;
} else {
  fs.mkdirSync(path.join(ROOT, 'build'), { recursive: true });
  fs.writeFileSync(path.join(ROOT, 'build', 'fingerprint.txt'), `${text.join('\n')}\n`);
}
