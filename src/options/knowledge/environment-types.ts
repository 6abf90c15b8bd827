import { EnvironmentType } from '../deployment-group';

/** What environments are for, from the least to the most protected. */
export const ENVIRONMENT_TYPES = [EnvironmentType.DEV, EnvironmentType.PREPROD, EnvironmentType.PROD] as const;
