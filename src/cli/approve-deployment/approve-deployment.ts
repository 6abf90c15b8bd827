import { parseApproval, type Subject, USAGE } from './arguments';
import { DeploymentApprovals } from '../../options/github-actions';
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
    execution: `gh-${run}`,
    decision: reject ? 'Rejected' : 'Approved',
    reason: why,
    ...(region ? { region } : {}),
  });
}

/** Where the decision is looked for, under which name, and who may write it. */
interface Approval {
  readonly table: string;
  readonly environment: string;
  readonly role: string;
}

function approvalOf(plan: DeliveryPlan, subject: Subject): Approval {
  const inAws = plan.delivery.engine.github?.approvals === DeploymentApprovals.AWS;
  if ('stage' in subject) {
    const { workflow, roles } = plan.infrastructure;
    if (!workflow) { throw new UserError('No workflow deploys the infrastructure: its pipeline has the approval.'); }
    const stages = Object.keys(workflow.hostEnvironments);
    if (!stages.includes(subject.stage)) {
      throw new UserError(`There is no stage ${subject.stage} of the infrastructure. Stages: ${stages.join(', ')}.`);
    }
    if (!inAws || workflow.approvals === undefined) { throw byReviewers(workflow.hostEnvironments[subject.stage]); }
    const environment = `${subject.stage}-${subject.digest}`;
    return { table: workflow.approvals, environment, role: roles.approver!.name };
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
  return { table: group.workflows.requests, environment, role: group.roles.releaser.name };
}

function byReviewers(environment: string): UserError {
  return new UserError(`The reviewers of the GitHub environment ${environment} approve: open the run and choose "Review `
    + 'deployments".');
}
