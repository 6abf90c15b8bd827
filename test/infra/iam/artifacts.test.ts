import { ONCE, PART } from './calls/seal';
import type { World } from './calls/world';
import { worldOf } from './deliveries';
import { FOLDERS } from '../../../src/plan/build/prefixes';
import type { PlannedGroup } from '../../../src/plan/model';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Policies } from '../../../testing/iam/policies';
import type { Request } from '../../../testing/iam/request';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** Deliveries of one account, of one account for each stage, and with copies in further regions. */
const NAMES = ['default', 'sevenAccounts', 'regions'];

function objectOf(world: World, { build }: PlannedGroup, folder: string): string {
  return `${world.bucket(build.artifactBucket, build.place)}/${build.pipelineName}/${folder}/0123/model.tar.gz`;
}

/** The names of the roles that may make such a call. */
async function who(world: World, request: Omit<Request, 'principal'>): Promise<string[]> {
  const found: string[] = [];
  for (const principal of world.policies.roles.keys()) {
    if ((await evaluate(world.policies, { ...request, principal })).allowed) { found.push(principal); }
  }
  return found;
}

describe.each(NAMES)('%s', name => {
  test('each folder of the artifact bucket has one role that writes to it, and the rest of the bucket '
    + 'none', async () => {
    const world = worldOf(name);
    for (const group of world.plan.groups) {
      const writers = Object.entries(FOLDERS).flatMap(([writer, folders]) => folders.map(folder => [
        folder, [world.role(group.roles[writer as keyof typeof FOLDERS])],
      ] as const));
      const places = [...writers, ['elsewhere', []] as const];
      for (const [folder, expected] of places) {
        const resource = objectOf(world, group, folder);
        const found = await who(world, { action: 's3:PutObject', resource, context: ONCE });
        expect({ folder, found }).toEqual({ folder, found: expected });
        expect(await who(world, { action: 's3:AbortMultipartUpload', resource })).toEqual(expected);
      }
      const other = `${world.bucket(group.build.artifactBucket, group.build.place)}/other/models/1/model.tar.gz`;
      expect(await who(world, { action: 's3:PutObject', resource: other, context: ONCE })).toEqual([]);
    }
  });

  test('nothing sealed is replaced or removed, by nobody, whatever a role is allowed some day', async () => {
    const world = worldOf(name);
    const generous = {
      Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: ['s3:*'], Resource: ['*'] }],
    };
    const policies: Policies = {
      ...world.policies,
      roles: new Map([...world.policies.roles].map(([arn, role]) => [
        arn, { ...role, policies: [...role.policies, { name: 'generous', document: generous }] },
      ])),
    };
    for (const group of world.plan.groups) {
      const resource = objectOf(world, group, 'sealed');
      const own = [...policies.roles.values()].filter(r => r.account === world.at(group.build.place).account);
      const sealer = world.role(group.roles.sealer);
      const attacks = [
        { action: 's3:PutObject', resource, context: { 's3:ObjectCreationOperation': 'true' } },
        { action: 's3:PutObject', resource, context: { 's3:ObjectCreationOperation': 'true', 's3:if-match': 'etag' } },
        { action: 's3:DeleteObject', resource },
        { action: 's3:DeleteObjectVersion', resource },
      ];
      const others = [
        { action: 's3:PutObject', resource, context: ONCE },
        { action: 's3:PutObject', resource, context: PART },
        { action: 's3:PutObjectTagging', resource },
        { action: 's3:PutObjectAcl', resource },
        { action: 's3:AbortMultipartUpload', resource },
      ];
      for (const { arn: principal } of own) {
        for (const attack of [...attacks, ...(principal === sealer ? [] : others)]) {
          const { allowed } = await evaluate(policies, { ...attack, principal });
          expect({ attack, principal, allowed }).toEqual({ attack, principal, allowed: false });
        }
      }
      // The generous policy is really looked at.
      expect((await evaluate(policies, {
        action: 's3:PutObject', resource: objectOf(world, group, 'elsewhere'), principal: own[0].arn,
      })).allowed).toBe(true);
    }
  });

  test('whoever seals sets no approval status, not even the one that is there, and registers nothing', async () => {
    const world = worldOf(name);
    for (const group of world.plan.groups) {
      const principal = world.role(group.roles.sealer);
      const resource = world.arn(group.build.place, 'sagemaker', `model-package/${group.build.modelPackageGroup}/1`);
      for (const status of ['Approved', 'Rejected', 'PendingManualApproval']) {
        const context = { 'sagemaker:ModelApprovalStatus': status };
        const answer = await evaluate(world.policies, {
          principal, action: 'sagemaker:UpdateModelPackage', resource, context,
        });
        expect(answer.allowed).toBe(false);
        expect(answer.reason).toContain('NeverDecide');
      }
      expect(await who(world, { action: 'sagemaker:UpdateModelPackage', resource })).toEqual(
        [world.role(group.roles.sealer)],
      );
      // Whatever else it says, an update that sets no status is not a person's either.
      const context = { 'sagemaker:CurrentCustomerMetadataProperties/ArtifactSha256': 'a'.repeat(64) };
      expect(await who(world, { action: 'sagemaker:UpdateModelPackage', resource, context })).toEqual([]);
      expect((await evaluate(world.policies, {
        principal, action: 'sagemaker:CreateModelPackage', resource,
      })).allowed).toBe(false);
    }
  });

  test('copies in another region are written once, by the role that makes them', async () => {
    const world = worldOf(name);
    for (const { place, deploymentBucket, roles } of world.plan.groups.flatMap(g => g.environments)) {
      if (!roles.replicate) { continue; }
      const resource = `${world.bucket(deploymentBucket, place)}/models/1/model.tar.gz`;
      const context = { 's3:ObjectCreationOperation': 'true' };
      expect(await who(world, { action: 's3:PutObject', resource, context: ONCE })).toEqual([
        world.role(roles.replicate),
      ]);
      expect(await who(world, { action: 's3:PutObject', resource, context })).toEqual([]);
    }
  });
});
