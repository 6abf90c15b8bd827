import type { PreflightCheck } from './preflight-check';
import type { PlannedBuild } from '../plan/build/model';
import type { DeliveryPlan } from '../plan/model';
import { placeOf } from '../plan/place';

/** A key of training data, who decrypts with it, and what its policy has to say. */
export interface DataKey {
  readonly arn: string;
  /** Accounts of the jobs that read the data, each once. */
  readonly accounts: readonly string[];
  /** ARNs of their roles. */
  readonly roles: readonly string[];
  /** Statement for the key's policy. */
  readonly statement: object;
}

/** The placeholder for the account of a delivery that names none. */
const SOME_ACCOUNT = '<account>';

/**
 * The keys of training data in a plan, each once.
 *
 * A key's policy cannot name a role before the role is there, and stops matching one that is made anew (KMS guide,
 * "Key policies", Principal): it names the account, and the roles in a condition.
 */
export function dataKeys(plan: DeliveryPlan): DataKey[] {
  const uses = plan.groups.flatMap(({ build, roles }) => build.inputDataKeyArns.map(arn => ({
    arn,
    account: build.place.account ?? SOME_ACCOUNT,
    roles: [roles.processing, roles.training].map(role => filled(role.arn, arn, build.place.account)),
  })));
  return [...new Set(uses.map(use => use.arn))].map(arn => {
    const own = uses.filter(use => use.arn === arn);
    const [accounts, roles] = [[...new Set(own.map(use => use.account))], own.flatMap(use => use.roles)];
    const [, partition, , region] = arn.split(':');
    const statement = {
      Sid: 'TrainingJobsDecrypt',
      Effect: 'Allow',
      Principal: { AWS: accounts.map(account => `arn:${partition}:iam::${account}:root`) },
      Action: ['kms:Decrypt'],
      Resource: ['*'],
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        ArnEquals: { 'aws:PrincipalArn': roles },
      },
    };
    return { arn, accounts, roles, statement };
  });
}

function filled(role: string, key: string, account: string | undefined): string {
  return role.replace('{partition}', key.split(':')[1]).replace('{account}', account ?? SOME_ACCOUNT);
}

/** Each key of a group's data is there, can be used, and lets the jobs decrypt; looked at from where these run. */
export function dataKeyChecks(plan: DeliveryPlan, { inputDataKeyArns, place }: PlannedBuild): PreflightCheck[] {
  const keys = dataKeys(plan);
  return inputDataKeyArns.map((arn): PreflightCheck => {
    const { roles, statement } = keys.find(key => key.arn === arn)!;
    return {
      kind: 'dataKey',
      title: `Key ${arn.split('/')[1]} of training data is enabled, and lets the jobs decrypt`,
      place: placeOf(place),
      wants: { arn, roles },
      fix: `Enable the key, or name another one (inputDataKeyArns); its policy needs ${JSON.stringify(statement)}`,
    };
  });
}

/** What the guide says about the policies of these keys. */
export function dataKeyNotes(plan: DeliveryPlan): string[] {
  return dataKeys(plan).flatMap(({ arn, accounts, statement }) => {
    const foreign = accounts.some(account => account !== arn.split(':')[4]);
    return [
      `- Training data is encrypted with ${arn}. `
        + `${foreign
          ? 'Its policy must let the jobs of another account decrypt; give its owner this statement:'
          : 'If its policy does not delegate to IAM (Principal ":root"), add this statement:'}`,
      `    ${JSON.stringify(statement)}`,
    ];
  });
}
