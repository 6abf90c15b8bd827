import { parseApproval, type Subject, USAGE } from './arguments';
import { arn } from '../../plan/arn';
import { asksInAws } from '../../plan/infrastructure/approver';
import type { DeliveryPlan } from '../../plan/model';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';
import { UserError } from '../shared/command';
import { groupDeployingTo } from '../shared/group';

/** What writes the decision down. */
const SCRIPT = packagePath('tools', 'operate', 'approve_deployment.py');

/** Approves or rejects what a run waits for. */
export function approveDeployment(args: readonly string[]): number {
  const wanted = parseApproval(args);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { subject, run, why, reject, config } = wanted;
  const directory = process.cwd();
  const plan = readPlan(directory, config ?? DELIVERY_FILE);
  const { region } = plan.infrastructure.place;
  return runScript(directory, SCRIPT, {
    ...approvalOf(plan, subject),
    execution: `${plan.delivery.engine.gitlab ? 'gl' : 'gh'}-${run}`,
    decision: reject ? 'Rejected' : 'Approved',
    reason: why,
    ...(region ? { region } : {}),
  });
}

/** Where the decision is looked for, under which name, and who may write it. */
interface Approval {
  readonly table?: string;
  /** The state machine that is started to decide, where decisions are recorded. */
  readonly machine?: string;
  readonly version?: string;
  readonly environment: string;
  readonly role: string;
}

function approvalOf(plan: DeliveryPlan, subject: Subject): Approval {
  const inAws = asksInAws(plan.delivery);
  if ('stage' in subject) {
    const { workflow, roles } = plan.infrastructure;
    if (!workflow) { throw new UserError('No workflow deploys the infrastructure: its pipeline has the approval.'); }
    const stages = Object.keys(workflow.hostEnvironments);
    if (!stages.includes(subject.stage)) {
      throw new UserError(`There is no stage ${subject.stage} of the infrastructure. Stages: ${stages.join(', ')}.`);
    }
    if (!inAws || !roles.approver) { throw byReviewers(workflow.hostEnvironments[subject.stage]); }
    const environment = `${subject.stage}-${subject.digest}`;
    const { decisions, approvals } = workflow;
    return { ...(decisions ? machine(plan, decisions) : { table: approvals }), environment, role: roles.approver.name };
  }
  const { environment } = subject;
  const group = groupDeployingTo(plan, environment, subject.group);
  const { manualApproval, hostEnvironment } = group.environments.find(({ name }) => name === environment)!;
  if (!group.workflows) {
    throw new UserError(`No workflow deploys to ${environment}: the pipeline ${group.pipelines.deployPipeline} has the `
      + 'approval.');
  }
  if (!manualApproval) {
    throw new UserError(`Nobody is asked about ${environment}: its option manualApproval is false.`);
  }
  if (!inAws) { throw byReviewers(hostEnvironment!); }
  const { decisions, requests } = group.workflows;
  const { version } = subject;
  if (decisions !== undefined && version === undefined) {
    throw new UserError('Name the version with --version, as the job that waits prints it: the record is bound to it.');
  }
  return {
    ...(decisions === undefined ? { table: requests } : { ...machine(plan, decisions), version }),
    environment, role: group.roles.releaser.name,
  };
}

/** The state machine that is started to decide. */
function machine({ infrastructure: { place } }: DeliveryPlan, name: string): Pick<Approval, 'machine'> {
  return { machine: arn(place, 'states', `stateMachine:${name}`) };
}

function byReviewers(environment: string): UserError {
  return new UserError(`The reviewers of the GitHub environment ${environment} approve: open the run and choose "Review `
    + 'deployments".');
}
