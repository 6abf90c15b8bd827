import { FULL } from './full-options';
import { type DeployEnvironmentOptions, type DeploymentGroupOptions, EnvironmentType } from '../../src/options';

export const { PREPROD, PROD } = EnvironmentType;
export const HERE = { account: '111111111111', region: 'eu-west-1' };
export const project = (more: object): object => ({ name: 'churn', tooling: HERE, ...more });
export const group = (more: Partial<DeploymentGroupOptions>): object => ({
  deploymentGroups: [{ name: 'main', ...more }],
});
export const to = (...deployEnvironments: DeployEnvironmentOptions[]): object => group({ deployEnvironments });
export const key = (region: string, account = '999999999999', partition = 'aws'): string =>
  `arn:${partition}:kms:${region}:${account}:key/0a`;
export const topic = (region: string, account: string): object => project({
  notifications: { topicArn: `arn:aws:sns:${region}:${account}:team` },
});
export const cache = (upstreamRegistryUrl: string, secret?: string): object => ({
  containerRepositories: [{
    name: 'cached', pullThroughCache: {
      upstreamRegistryUrl, ...(secret ? {
        credentialArn: `arn:aws:secretsmanager:${secret}:secret:ecr-pullthroughcache/hub-AbCdEf`,
      } : {}),
    },
  }],
});
export const many = (count: number, more: Partial<DeployEnvironmentOptions> = {}): DeployEnvironmentOptions[] =>
  Array.from({ length: count }, (_, i) => ({ name: `e${i}`, ...(i > 0 ? more : {}) }));
export const paths = (ignoredPaths: string[]): object => project({ source: { ignoredPaths } });
export const own = (more: object): object => project({ infrastructure: { source: more } });
export const longFolders = Array.from({ length: 12 }, (_, i) => `${String.fromCharCode(97 + i).repeat(200)}/`);
export const GROUP = 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/shared';
export const promote = (more: object): object => project({
  promotion: { sourceModelPackageGroupArn: GROUP, targetBucketName: 'models', ...more },
});
export const accounts = (count: number): DeploymentGroupOptions[] => Array.from({ length: count }, (_, i) => ({
  name: `g${i}`, buildEnvironment: { account: `2222222222${10 + i}` },
}));
export const { source, network } = FULL;
export const at = 'deploymentGroups[0]';
