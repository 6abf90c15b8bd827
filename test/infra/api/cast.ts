import { LIVE } from '../../../src/plan/api/model';
import type { PlannedEnvironment } from '../../../src/plan/endpoint/model';
import type { PlannedRole } from '../../../src/plan/roles/role-model';
import type { World } from '../iam/calls/world';

const OTHER = '888888888888';

/** What the name of a release's endpoint ends with. */
export const RELEASE = '-r0a1b2c3d';

/** Who and what is in the table, of the delivery with an API in front of every endpoint. */
export function castOf(world: World) {
  const [group] = world.plan.groups;
  const [dev, staging, prod, documents] = group.environments;
  const role = (planned: PlannedRole | undefined): string => {
    if (!planned) { throw new Error('the delivery has no such role'); }
    return world.role(planned);
  };
  const of = (e: PlannedEnvironment) => {
    const api = e.api!;
    const handler = world.arn(e.place, 'lambda', `function:${api.functionName}`);
    return {
      handler, live: `${handler}:${LIVE}`, version: `${handler}:7`, latest: `${handler}:$LATEST`,
      hooks: [api.beforeTraffic, api.afterTraffic].map(name => world.arn(e.place, 'lambda', `function:${name}`)),
      group: world.arn(e.place, 'codedeploy', `deploymentgroup:${api.application}/${api.deploymentGroup}`),
      endpoint: world.arn(e.place, 'sagemaker', `endpoint/${e.endpointName}`),
      release: world.arn(e.place, 'sagemaker', `endpoint/${e.endpointName}${RELEASE}`),
      endpointLog: world.arn(e.place, 'logs', `log-group:${e.endpointLog}`),
      deployments: world.bucket(e.deploymentBucket, e.place),
      captured: world.bucket(e.captureBucket, e.place),
      stream: api.predictions && world.arn(e.place, 'firehose', `deliverystream/${api.predictions.stream}`),
      kept: api.predictions && world.bucket(api.predictions.bucket, e.place),
      alarm: world.arn(e.place, 'cloudwatch', `alarm:${e.endpointName}/api-server-errors/7`),
      handlerRole: role(e.roles.apiHandler), gateway: role(e.roles.apiGateway), hooksRole: role(e.roles.apiHooks),
      shift: role(e.roles.apiShift), releaser: role(e.roles.apiRelease), cloudFormation: role(e.roles.cloudFormation),
      retire: role(e.roles.retire), rollBack: role(e.roles.rollBack), publish: role(e.roles.publish),
      verify: role(e.roles.verify), deploy: role(e.roles.deploy), model: role(e.roles.model),
      administrator: `arn:aws:iam::${e.place.account}:role/administrator`,
    };
  };
  const all = [...world.policies.roles.keys()];
  return {
    group, dev: of(dev), staging: of(staging), prod: of(prod), documents: of(documents), role, all,
    each: [dev, staging, prod, documents].map(of),
    allBut: (...but: readonly string[]) => all.filter(arn => !but.includes(arn)),
    predictions: role(prod.roles.apiPredictions),
    people: [group.roles.approver, group.roles.releaser].flatMap(planned => (planned ? [role(planned)] : [])),
    builders: [group.roles.build, group.roles.pipeline, group.roles.training, group.roles.buildRunner].map(role),
    elsewhere: (arn: string) => arn.replace(/\d{12}/, OTHER),
  };
}

export type Cast = ReturnType<typeof castOf>;
