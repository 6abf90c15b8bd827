import * as path from 'node:path';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';
import type { PromotionOptions } from '../../src/options/promotion';

const SOURCE = { account: '111111111111', region: 'eu-west-1' };
const BUS = 'promotions';
const FORWARDER = 'forward-approvals';

/** A delivery that builds and seals, and whose versions another account's promotion takes over. */
export const PROMOTED_FROM: DeliveryOptions = {
  name: 'churn', endpoint: { smokeTest: { body: '1,2,3' } }, tooling: SOURCE,
  deploymentGroups: [{ name: 'main' }], infrastructure: { pipeline: false },
};

/** Where it is promoted to: another account and region. */
export const PROMOTED_TO = { account: '222222222222', region: 'us-east-1' };

export const PROMOTION: PromotionOptions = {
  sourceModelPackageGroupArn: `arn:aws:sagemaker:${SOURCE.region}:${SOURCE.account}:model-package-group/churn-main`,
  targetBucketName: 'promoted-models', targetModelPackageGroupName: 'churn-prod', eventBusName: BUS,
};

/** Source and target with what their owners add: bucket, bus, access and the rule that forwards. */
export function synthesizePromotion(parent: string): string {
  const outdir = path.join(parent, 'promotion');
  const app = new App({ outdir });
  const file = path.join(repository(PROMOTED_FROM), 'config', 'delivery.json');
  const cicd = infra.SageMakerCicd.fromConfig(app, 'Delivery', file);
  const target = new Stack(app, 'Target', { env: PROMOTED_TO });
  const key = new kms.Key(target, 'Models', { enableKeyRotation: true });
  new s3.Bucket(target, 'Copies', {
    bucketName: PROMOTION.targetBucketName, versioned: true, encryptionKey: key, bucketKeyEnabled: true,
    enforceSSL: true,
  });
  const bus = new events.EventBus(target, 'Bus', { eventBusName: BUS });
  const forwarder = `arn:aws:iam::${SOURCE.account}:role/${FORWARDER}`;
  bus.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'Source', actions: ['events:PutEvents'], resources: [bus.eventBusArn],
    principals: [new iam.AccountPrincipal(SOURCE.account)],
    conditions: { ArnEquals: { 'aws:PrincipalArn': forwarder } },
  }));
  const promotion = new infra.ModelPackagePromotePipeline(target, 'Promotion', PROMOTION);
  promotion.rule?.node.addDependency(bus);
  const environment = Object.values(cicd.stacks).flatMap(s => s.node.findAll())
    .find(c => c instanceof infra.ModelBuildEnvironment);
  letIn(environment as infra.ModelBuildEnvironment, promotion);
  forward(Stack.of(environment!));
  app.synth();
  return outdir;
}

function letIn(source: infra.ModelBuildEnvironment, promotion: infra.ModelPackagePromotePipeline): void {
  const access = promotion.sourceAccess(source.artifactBucket.bucketArn);
  access.bucket.forEach(s => source.artifactBucket.addToResourcePolicy(s));
  access.key.forEach(s => source.key.addToResourcePolicy(s));
  source.modelPackageGroup!.modelPackageGroupPolicy = new iam.PolicyDocument({ statements: access.modelPackageGroup });
}

/** The source account's own rule to the target's bus. */
function forward(source: Stack): void {
  const bus = `arn:aws:events:${PROMOTED_TO.region}:${PROMOTED_TO.account}:event-bus/${BUS}`;
  const role = new iam.Role(source, 'ForwardApprovalsRole', {
    roleName: FORWARDER, assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    inlinePolicies: {
      Forward: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({ sid: 'Forward', actions: ['events:PutEvents'], resources: [bus] })],
      }),
    },
  });
  new events.CfnRule(source, 'ForwardApprovals', {
    name: FORWARDER,
    eventPattern: {
      'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'],
      'detail': { ModelPackageGroupName: ['churn-main'] },
    },
    targets: [{ id: 'Target', arn: bus, roleArn: role.roleArn }],
  });
}
