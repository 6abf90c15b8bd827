import type { PreflightCheck } from './preflight-check';
import type { DeliveryPlan } from '../plan/model';
import { type Place, placeOf } from '../plan/place';
import type { PlannedRole } from '../plan/roles/role-model';

/** A key of data, of training or to score, who decrypts with it, and what its policy has to say. */
export interface DataKey {
  readonly arn: string;
  /** Accounts of the jobs that read the data, each once. */
  readonly accounts: readonly string[];
  /** ARNs of their roles. */
  readonly roles: readonly string[];
  /** Statement for the key's policy. */
  readonly statement: object & { readonly Sid: string };
}

/** The placeholder for the account of a delivery that names none. */
const SOME_ACCOUNT = '<account>';

/**
 * The keys of data in a plan, of training and to score, each once.
 *
 * A key's policy cannot name a role before the role is there, and stops matching one that is made anew (KMS guide,
 * "Key policies", Principal): it names the account, and the roles in a condition.
 */
export function dataKeys(plan: DeliveryPlan): DataKey[] {
  const use = (arn: string, { account }: Place, roles: readonly PlannedRole[]) => ({
    arn, account: account ?? SOME_ACCOUNT, roles: roles.map(role => filled(role.arn, arn, account)),
  });
  const trained = plan.groups.flatMap(({ build, roles }) => build.inputDataKeyArns.map(arn =>
    use(arn, build.place, [roles.processing, roles.training])));
  // Transform jobs read with the role of the model.
  const scored = plan.groups.flatMap(({ environments }) => environments.flatMap(({ batch, place, roles }) => (
    batch?.settings.inputKeyArn === undefined ? [] : [use(batch.settings.inputKeyArn, place, [roles.model])])));
  const uses = [...trained, ...scored];
  return [...new Set(uses.map(one => one.arn))].map(arn => {
    const own = uses.filter(one => one.arn === arn);
    const [accounts, roles] = [[...new Set(own.map(one => one.account))], own.flatMap(one => one.roles)];
    const [, partition, , region] = arn.split(':');
    const statement = {
      Sid: trained.some(one => one.arn === arn) ? 'TrainingJobsDecrypt' : 'TransformJobsDecrypt',
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

/** Keys of data, where the jobs run that decrypt with them, and what the data is for. */
interface KeysOfData {
  readonly arns: readonly string[];
  readonly place: Place;
  readonly data: 'training data' | 'data to score';
  /** The option that names the keys. */
  readonly option: string;
}

/** Each key of data is there, can be used, and lets the jobs decrypt; looked at from where these run. */
export function dataKeyChecks(plan: DeliveryPlan, { arns, place, data, option }: KeysOfData): PreflightCheck[] {
  const keys = dataKeys(plan);
  return arns.map((arn): PreflightCheck => {
    const { roles, statement } = keys.find(key => key.arn === arn)!;
    return {
      kind: 'dataKey',
      title: `Key ${arn.split('/')[1]} of ${data} is enabled, and lets the jobs decrypt`,
      place: placeOf(place),
      wants: { arn, roles },
      fix: `Enable the key, or name another one (${option}); its policy needs ${JSON.stringify(statement)}`,
    };
  });
}

/** What the guide says about the policies of these keys. */
export function dataKeyNotes(plan: DeliveryPlan): string[] {
  return dataKeys(plan).flatMap(({ arn, accounts, statement }) => {
    const foreign = accounts.some(account => account !== arn.split(':')[4]);
    return [
      `- ${statement.Sid === 'TrainingJobsDecrypt' ? 'Training data' : 'Data to score'} is encrypted with ${arn}. `
        + `${foreign
          ? 'Its policy must let the jobs of another account decrypt; give its owner this statement:'
          : 'If its policy does not delegate to IAM (Principal ":root"), add this statement:'}`,
      `    ${JSON.stringify(statement)}`,
    ];
  });
}
