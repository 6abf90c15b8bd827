import { EnvironmentType, GovernanceProfile, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * A regulated team (21 CFR Part 11, EU GMP Annex 11): pipelines, builds, staging and production have an account each,
 * and auditors have one that no developer administers. Who pushed cannot approve, every decision has a record, and each
 * version goes through the stages of the registry.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'dose-response',
  tooling: { account: '111111111111', region: 'eu-central-1' },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222', type: EnvironmentType.PREPROD },
    deployEnvironments: [
      { name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD },
      { name: 'prod', account: '444444444444', type: EnvironmentType.PROD },
    ],
  }],
  governance: {
    profile: GovernanceProfile.GXP,
    auditTrail: { account: '555555555555', retentionYears: 15 },
    identities: [
      { name: 'Ada Lovelace', aws: ['ada'], git: ['ada@example.org'] },
      { name: 'Grace Hopper', aws: ['grace'], git: ['grace@example.org'] },
    ],
  },
  approvers: {
    models: { userArns: ['arn:aws:iam::222222222222:user/grace'] },
    deployments: { permissionSets: ['QualityAssurance'] },
    infrastructure: { permissionSets: ['Platform'] },
  },
  endpoint: { smokeTest: { body: '41,52000,0.31,3' } },
};
