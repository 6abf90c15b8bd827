import { type DeploymentGroupOptions, EnvironmentType } from './deployment-group';

/** One line of delivery, where no groups are given: from the branch main by way of staging to production. */
export const DEFAULT_GROUPS: DeploymentGroupOptions[] = [{
  name: 'main',
  deployEnvironments: [
    { name: 'staging', type: EnvironmentType.PREPROD }, { name: 'prod', type: EnvironmentType.PROD },
  ],
}];
