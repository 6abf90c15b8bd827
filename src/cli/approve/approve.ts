import { parseDecision, usage, type Verb, type Wanted } from './arguments';
import { modelPackageGroupArn } from '../../plan/build/registry';
import type { DeliveryPlan } from '../../plan/model';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';
import { groupOf } from '../shared/group';

/** What decides and waits for the record. */
const SCRIPT = packagePath('tools', 'operate', 'approve.py');

/** Approves a version. */
export const approve = (args: readonly string[]): number => decide('approve', args);

/** Rejects a version. */
export const reject = (args: readonly string[]): number => decide('reject', args);

function decide(verb: Verb, args: readonly string[]): number {
  const wanted = parseDecision(verb, args);
  if (!wanted) {
    process.stdout.write(usage(verb));
    return 0;
  }
  const directory = process.cwd();
  return runScript(directory, SCRIPT, decisionOf(verb, readPlan(directory, wanted.config ?? DELIVERY_FILE), wanted));
}

/** What is decided, by which role, and where its record will be. */
export function decisionOf(verb: Verb, plan: DeliveryPlan, wanted: Wanted): object {
  const group = groupOf(plan, wanted.group);
  const { audit } = plan.governance;
  const { region } = group.build.place;
  return {
    version: Number(wanted.version),
    status: verb === 'approve' ? 'Approved' : 'Rejected',
    why: wanted.why,
    yes: wanted.yes,
    ...(wanted.meaning === undefined ? {} : { meaning: wanted.meaning }),
    ...(wanted.as === undefined ? {} : { as: wanted.as }),
    group: group.chain,
    registry: modelPackageGroupArn(group.build),
    role: group.roles.approver.arn,
    bound: plan.delivery.governance.boundIdentities,
    ...(audit?.evidenceBucket ? {
      evidence: {
        bucket: audit.evidenceBucket,
        account: audit.place.account ?? '{account}',
        region: audit.place.region ?? '{region}',
      },
    } : {}),
    ...(region ? { region } : {}),
  };
}
