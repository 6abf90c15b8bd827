import { worldOf } from './deliveries';
import { allowed, KEPT_APART, rolesBut } from './kept-out';
import { bootstrapRoleArn } from '../../../src/plan/infrastructure/bootstrap';
import { DEPLOYER_ROLES } from '../../../src/plan/infrastructure/deployers';
import type { Place } from '../../../src/plan/place';
import { cleanUp } from '../../../testing/deliveries/synth';

jest.setTimeout(180_000);
afterAll(cleanUp);

describe.each(KEPT_APART)('%s', name => {
  test('a deployer reaches no account of another type, and nobody else a bootstrap', async () => {
    const world = worldOf(name);
    const { infrastructure: { pipeline, workflow, roles }, delivery } = world.plan;
    // Workflows compare with what is deployed by reading: those that deploy in their own places, and one in all.
    const readers = roles.differ ? [world.role(roles.differ)] : [];
    const taken = (kind: string, where: Place) => world.fill(bootstrapRoleArn(delivery, kind, where), where);
    const kinds = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
    const requests = (pipeline ?? workflow!).deployers.flatMap(({ type, places }) => {
      const deployer = world.role(roles[DEPLOYER_ROLES[type]]!);
      const own = workflow ? [...kinds.slice(0, 2), 'lookup'] : kinds.slice(0, 2);
      const may = (principal: string) => principal === deployer ? own : readers.includes(principal) ? ['lookup'] : [];
      return rolesBut(world).flatMap(principal => kinds.filter(kind => !may(principal).includes(kind))
        .flatMap(kind => places.map(where => ({ principal, resource: taken(kind, where) }))));
    }).map(request => ({ ...request, action: 'sts:AssumeRole' }));
    expect(requests.length).toBeGreaterThan(40);
    expect(await allowed(world.policies, requests)).toEqual([]);
  });
});

/** Workflows have no builds, and their jobs come from the branch that they trust. */
const byPipeline = KEPT_APART.filter(name => worldOf(name).plan.infrastructure.pipeline);

describe.each(byPipeline)('%s', name => {
  test('no code of a commit replaces the tools that deploy, changes a build that does, or approves for a '
    + 'person', async () => {
    const world = worldOf(name);
    const { infrastructure: { pipeline, place } } = world.plan;
    const deployers = pipeline!.deployers.map(({ project }) => world.arn(place, 'codebuild', `project/${project}`));
    const variables = world.policies.resources.get(deployers[0])!.properties.Environment.EnvironmentVariables as {
      Name: string; Value: string;
    }[];
    const value = (variable: string) => variables.find(({ Name }) => Name === variable)!.Value;
    const calls = [
      { action: 's3:PutObject', resource: `arn:aws:s3:::${value('TOOLS_BUCKET')}/${value('TOOLS_KEY')}` },
      ...deployers.map(resource => ({ action: 'codebuild:UpdateProject', resource })),
      { action: 'codepipeline:UpdatePipeline', resource: world.arn(place, 'codepipeline', pipeline!.name) },
    ];
    const approvals = ['SelfMutate', 'Deploy-prod'].map(stage => ({
      action: 'codepipeline:PutApprovalResult',
      resource: world.arn(place, 'codepipeline', `${pipeline!.name}/${stage}/Approve`),
    }));
    const approver = world.role(world.plan.infrastructure.roles.approver!);
    expect(await allowed(world.policies, rolesBut(world, approver).flatMap(principal =>
      approvals.map(call => ({ ...call, principal }))))).toEqual([]);
    // A person approves, and changes nothing.
    expect(await allowed(world.policies, approvals.map(call => ({ ...call, principal: approver })))).toHaveLength(2);
    expect(await allowed(world.policies, rolesBut(world).flatMap(principal =>
      calls.map(call => ({ ...call, principal }))))).toEqual([]);
    const others = rolesBut(world, world.role(world.plan.infrastructure.roles.pipeline!));
    expect(await allowed(world.policies, others.flatMap(principal => deployers.map(resource => ({
      principal, resource, action: 'codebuild:StartBuild',
    }))))).toEqual([]);
  });
});
