import { HOSTS } from '../../options/knowledge/hosts';
import { nameEnvironment } from '../endpoint/names';
import { enginesOf } from '../engines';
import { type GroupWords, namerFor, nameWithin } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings, DeliveryDeployEnvironment, DeliveryGroup } from '../settings';
import { nameWorkflow } from '../workflows/names';

/** A group's pipelines in the tooling account. */
export function namePipelines(words: GroupWords, delivery: DeliverySettings, build: Place) {
  const place = placeOf(delivery.tooling);
  const { regional, bucket } = namerFor(place);
  const byCodePipeline = enginesOf(delivery).delivery === 'codepipeline';
  return {
    place,
    stack: regional('stack', ...words, 'delivery'),
    keyAlias: regional('keyAlias', ...words, 'delivery'),
    records: bucket(...words, 'records'),
    ...(byCodePipeline ? {
      bucket: bucket(...words, 'delivery'),
      buildPipeline: regional('codePipeline', ...words, 'build'),
      buildProject: regional('codeBuild', ...words, 'build'),
      commitRule: regional('rule', ...words, 'commits'),
      commitGate: regional('stateMachine', ...words, 'commits'),
      deployPipeline: regional('codePipeline', ...words, 'deploy'),
      prepareProject: regional('codeBuild', ...words, 'prepare'),
      verifyProject: regional('codeBuild', ...words, 'verify'),
    } : {
      buildPipeline: nameWorkflow('build', words[1]), deployPipeline: nameWorkflow('deploy', words[1]),
    }),
    approvalRule: regional('rule', ...words, 'approvals'),
    stateMachine: regional('stateMachine', ...words, 'gate'),
    asksRegistry: build.region === place.region,
    rollBackProject: regional('codeBuild', ...words, 'rollback'),
    recordProject: regional('codeBuild', ...words, 'record'),
    recordRule: regional('rule', ...words, 'record'),
    servingRule: regional('rule', ...words, 'serving'),
    watchRule: regional('rule', ...words, 'watch'),
    failures: regional('failures', ...words, 'failures'),
  };
}

/** The roles of a group's pipelines and gates. */
export function namePipelineRoles(words: GroupWords, delivery: DeliverySettings) {
  const { tooling, source, engine } = delivery;
  const { role } = namerFor(placeOf(tooling));
  const hasGate = HOSTS[source.type].inAws;
  return {
    ...(enginesOf(delivery).delivery === 'codepipeline' ? {
      buildPipeline: role(...words, 'buildpipeline'),
      ...(hasGate ? { buildTrigger: role(...words, 'buildtrigger'), commitGate: role(...words, 'commitgate') } : {}),
      deployPipeline: role(...words, 'deploypipeline'),
    } : {
      assembler: role(...words, 'assembler'),
      preparer: role(...words, 'preparer'),
      ...(engine.github?.app ? { starter: role(...words, 'starter') } : {}),
    }),
    buildRunner: role(...words, 'buildrunner'),
    gateTrigger: role(...words, 'gatetrigger'),
    gate: role(...words, 'gate'),
    deployRunner: role(...words, 'deployrunner'),
    recordTrigger: role(...words, 'recordtrigger'),
    releaser: role(...words, 'releaser'),
  };
}

/**
 * An action in another region needs a bucket and a key there (CodePipeline user guide, "Add a cross-Region action to a
 * pipeline").
 */
export function nameReplicas(words: GroupWords, delivery: DeliverySettings, { deployEnvironments }: DeliveryGroup) {
  const { tooling } = delivery;
  if (enginesOf(delivery).delivery !== 'codepipeline') { return []; }
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
