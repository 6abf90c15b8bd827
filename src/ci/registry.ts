import { type Job, optional, variables } from './job';

/** Seals each version that is registered or approved; no code of the repository runs in it. */
export const SEAL: Job = {
  name: 'seal',
  role: 'group.sealer',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: [...variables('plan', 'MODEL_PACKAGE_GROUP_ARN', 'SEALED_PREFIX'), ...variables('run', 'MODEL_PACKAGE')],
  steps: [{ name: 'seal', kind: 'work', commands: ['python3 -u sealer.py'] }],
};

/** Makes the newest approved version of a group a copy of the newest approved one of another account's. */
export const PROMOTE: Job = {
  name: 'promote',
  role: 'promotion.promoter',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: [
    ...variables('plan', 'SOURCE_MODEL_PACKAGE_GROUP_ARN', 'TARGET_MODEL_PACKAGE_GROUP', 'TARGET_BUCKET'),
    ...optional('plan', 'TARGET_KMS_KEY_ARN', 'SAGEMAKER_PROJECT_ID', 'ACCEPT_UNSEALED'),
  ],
  steps: [{ name: 'promote', kind: 'work', commands: ['python3 -u promote.py'] }],
};
