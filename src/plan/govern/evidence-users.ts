import { EVIDENCE } from './evidence-grants';
import { bucketArn } from '../arn';
import type { DeliveryPlan } from '../model';
import { rolesOf } from '../plan';
import type { PlannedRole } from '../roles/role-model';

/** Who uses the bucket of evidence, by the ARNs of their roles. */
export interface EvidenceUsers {
  /** By folder. */
  readonly writers: { readonly [folder in keyof typeof EVIDENCE]: readonly string[] };
  readonly readers: { readonly [folder in keyof typeof EVIDENCE]: readonly string[] };
  /** Those who list it. */
  readonly listers: readonly string[];
}

/** Who uses the bucket, as their own policies say: what the bucket allows can be neither more nor less. */
export function evidenceUsers(plan: DeliveryPlan): EvidenceUsers {
  const bucket = plan.governance.audit!.evidenceBucket!;
  const all = rolesOf(plan);
  const below = (folder: string) => bucketArn(bucket, `/${folder}/`);
  const who = (action: string, isMeant: (resource: string) => boolean) => arns(all.filter(({ grants }) => grants.some(
    ({ effect, actions, resources }) => effect !== 'Deny' && actions.includes(action) && resources.some(isMeant),
  )));
  const inFolder = (action: string) => ({
    records: who(action, resource => resource.startsWith(below(EVIDENCE.records))),
    pushes: who(action, resource => resource.startsWith(below(EVIDENCE.pushes))),
  });
  return {
    writers: inFolder('s3:PutObject'),
    readers: inFolder('s3:GetObject'),
    listers: who('s3:ListBucket', resource => resource === bucketArn(bucket)),
  };
}

function arns(roles: readonly PlannedRole[]): string[] {
  return [...new Set(roles.map(role => role.arn))].sort();
}
