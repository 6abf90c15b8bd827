import { HOSTS } from '../../options/knowledge/hosts';
import { nameEnvironment } from '../endpoint/names';
import { type GroupWords, namerFor, nameWithin } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings, DeliveryDeployEnvironment, DeliveryGroup } from '../settings';

/** A group's pipelines in the tooling account. */
export function namePipelines(words: GroupWords, tooling: Place, build: Place) {
  const place = placeOf(tooling);
  const { regional, bucket } = namerFor(place);
  return {
    place,
    stack: regional('stack', ...words, 'delivery'),
    keyAlias: regional('keyAlias', ...words, 'delivery'),
    bucket: bucket(...words, 'delivery'),
    records: bucket(...words, 'records'),
    buildPipeline: regional('codePipeline', ...words, 'build'),
    buildProject: regional('codeBuild', ...words, 'build'),
    commitRule: regional('rule', ...words, 'commits'),
    commitGate: regional('stateMachine', ...words, 'commits'),
    approvalRule: regional('rule', ...words, 'approvals'),
    stateMachine: regional('stateMachine', ...words, 'gate'),
    asksRegistry: build.region === place.region,
    deployPipeline: regional('codePipeline', ...words, 'deploy'),
    prepareProject: regional('codeBuild', ...words, 'prepare'),
    verifyProject: regional('codeBuild', ...words, 'verify'),
    rollBackProject: regional('codeBuild', ...words, 'rollback'),
    recordProject: regional('codeBuild', ...words, 'record'),
    recordRule: regional('rule', ...words, 'record'),
    servingRule: regional('rule', ...words, 'serving'),
    watchRule: regional('rule', ...words, 'watch'),
    failures: regional('failures', ...words, 'failures'),
  };
}

/** The roles of a group's pipelines and gates. */
export function namePipelineRoles(words: GroupWords, { tooling, source }: DeliverySettings) {
  const { role } = namerFor(placeOf(tooling));
  const hasGate = HOSTS[source.type].inAws;
  return {
    buildPipeline: role(...words, 'buildpipeline'),
    ...(hasGate ? { buildTrigger: role(...words, 'buildtrigger'), commitGate: role(...words, 'commitgate') } : {}),
    buildRunner: role(...words, 'buildrunner'),
    gateTrigger: role(...words, 'gatetrigger'),
    gate: role(...words, 'gate'),
    deployPipeline: role(...words, 'deploypipeline'),
    deployRunner: role(...words, 'deployrunner'),
    recordTrigger: role(...words, 'recordtrigger'),
    releaser: role(...words, 'releaser'),
  };
}

/**
 * An action in another region needs a bucket and a key there (CodePipeline user guide, "Add a cross-Region action to a
 * pipeline").
 */
export function nameReplicas(words: GroupWords, tooling: Place, { deployEnvironments }: DeliveryGroup) {
  const elsewhere = (region: string | undefined): region is string => region !== undefined && region !== tooling.region;
  return [...new Set(deployEnvironments.map(e => e.region).filter(elsewhere))].sort().map(region => {
    const place = { account: tooling.account, region };
    const { regional, bucket } = namerFor(place);
    return {
      place,
      stack: regional('stack', ...words, region, 'replica'),
      keyAlias: regional('keyAlias', ...words, 'replica'),
      bucket: bucket(...words, 'replica'),
    };
  });
}

/** The stages of the deploy pipeline, with the environments that each deploys to. */
export function nameWaves(words: GroupWords, delivery: DeliverySettings, group: DeliveryGroup, pipeline: string) {
  return wavesOf(group.deployEnvironments).map(wave => {
    const stage = nameWithin(pipeline, 'pipelineStage', 'deploy', ...wave.map(e => e.name));
    const within = `${pipeline} ${stage.name}`;
    return { stage, environments: wave.map(e => nameEnvironment(words, delivery, e, group.buildEnvironment, within)) };
  });
}

/** An environment waits for those before it, unless it goes along with the one before it. */
function wavesOf(environments: readonly DeliveryDeployEnvironment[]): DeliveryDeployEnvironment[][] {
  const waves: DeliveryDeployEnvironment[][] = [];
  for (const environment of environments) {
    if (waves.length > 0 && environment.parallelWithPrevious) {
      waves[waves.length - 1].push(environment);
    } else {
      waves.push([environment]);
    }
  }
  return waves;
}
