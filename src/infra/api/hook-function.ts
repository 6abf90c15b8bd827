import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HOOK_FILES, hookSettings } from './hook-files';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { fill } from '../shared/fill';
import { accept } from '../shared/suppress';
import { makeFunction } from '../shared/tool-function';

/** A function that CodeDeploy has test a version. */
export interface HookProps {
  readonly environment: PlannedEnvironment;
  readonly name: string;
  readonly description: string;
  readonly handler: string;
  readonly role: iam.Role;
  readonly key: IKey;
}

/**
 * What such a function takes at most; CodeDeploy waits for an hour (CodeDeploy user guide, "AppSpec 'hooks' section").
 */
export const HOOK_SECONDS = 600;

/** Makes a hook. */
export function makeHook(scope: Construct, id: string, props: HookProps): CfnFunction {
  const { environment } = props;
  const made = makeFunction(new Construct(scope, id), 'Function', {
    name: props.name,
    description: props.description,
    role: props.role,
    key: props.key,
    tools: HOOK_FILES,
    files: { 'settings.json': hookSettings(environment) },
    variables: {
      DEPLOYMENT_BUCKET: fill(scope, environment.deploymentBucket),
      ...(environment.api?.predictions ? { PREDICTION_BUCKET: fill(scope, environment.api.predictions.bucket) } : {}),
    },
    handler: props.handler,
    timeoutSeconds: HOOK_SECONDS,
  });
  acceptHook(made);
  return made;
}

/** What is accepted of a function that CodeDeploy calls. */
export function acceptHook(hook: CfnFunction): void {
  const queue = 'CodeDeploy calls it once and takes silence for a failure: there is no event to keep.';
  const concurrency = 'It runs once for each deployment.';
  accept(
    hook,
    { rule: 'CKV_AWS_116', reason: queue }, { rule: 'NIST.800.53.R5-LambdaDLQ', reason: queue },
    { rule: 'CKV_AWS_115', reason: concurrency }, { rule: 'NIST.800.53.R5-LambdaConcurrency', reason: concurrency },
    { rule: 'NIST.800.53.R5-LambdaInsideVPC', reason: 'It calls only public endpoints of AWS, each over TLS.' },
  );
}
