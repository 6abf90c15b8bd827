import { acts, type Act, type Case } from './acts';
import type { Cast } from './cast';
import { current, move, status, UPDATE, updates } from './registry';

const STAGES = ['Development', 'QA', 'PreProduction', 'Production', 'Archived'] as const;
const FROM = [undefined, ...STAGES];
const STAGE_STATUSES = ['InProgress', 'Approved', 'Rejected', 'Retired'];
const STATUSES = ['Approved', 'PendingManualApproval', 'Rejected'];
const SEALED = { 'sagemaker:CurrentCustomerMetadataProperties/ArtifactSha256': 'a'.repeat(64) };

/** Every move of every role but its own, and every status but those that it may set there. */
export function otherMoves(cast: Cast): Case[] {
  const { dev, main, role, version } = cast;
  const { approver, jiraApprover, refuser, sealer, toPreProduction, toProduction } = main.roles;
  const roles = [
    [approver, main], [jiraApprover, main], [refuser, main], [sealer, main], [toPreProduction, main],
    [toProduction, main], [dev.roles.toQa, dev], [dev.roles.ruleApprover, dev],
  ] as const;
  const key = (act: Act) => JSON.stringify(Object.entries(act.context ?? {}).filter(([name]) => !(name in SEALED)).sort());
  const allowed = updates(cast).map(([, act]) => act);
  const withdrawn = ['Development', 'QA', 'PreProduction'].map(from => move(from, 'Archived', 'Rejected'));
  return roles.flatMap(([planned, group]): Case[] => {
    const who = role(planned);
    const name = who.split('/').pop()!;
    const on = version(group);
    const own = new Set([
      ...allowed.filter(act => act.principal === who).map(key),
      ...(planned === approver ? withdrawn.map(context => key({ principal: who, action: UPDATE, resource: on, context })) : []),
    ]);
    const moves = FROM.flatMap(from => STAGES.flatMap(to => STAGE_STATUSES.flatMap(what =>
      acts(who, UPDATE, on, move(from, to, what, SEALED)))));
    return [
      { name: `make any other move as ${name}`, acts: moves.filter(act => !own.has(key(act))) },
      {
        name: `set any other status as ${name}`, acts: FROM.flatMap(stage => STATUSES.filter(one => !maySet(name, one, stage))
          .flatMap(one => acts(who, UPDATE, on, status(one, stage ? { ...current(stage), ...SEALED } : SEALED)))),
      },
      {
        name: `decide and move at once as ${name}`, acts: allowed.filter(act => act.principal === who).flatMap(act => (
          'sagemaker:ModelLifeCycle:Stage' in act.context!
            ? STATUSES.flatMap(one => acts(who, UPDATE, on, { ...act.context, ...status(one) }))
            : acts(who, UPDATE, on, { ...move(undefined, 'Production', 'Approved'), ...act.context }))),
      },
      {
        name: `change a sealed version without a decision as ${name}`, acts: [
          ...acts(who, UPDATE, on, SEALED), ...acts(who, UPDATE, on, { ...SEALED, ...current('Production') }),
        ],
      },
    ];
  });
}

function maySet(name: string, one: string, stage: string | undefined): boolean {
  if (name.endsWith('-approver')) { return one === 'Rejected' || stage !== 'Archived'; }
  if (name.endsWith('-jiraapprover')) { return one !== 'PendingManualApproval' && stage !== 'Archived'; }
  if (name.endsWith('-ruleapprover')) { return one === 'Approved' && (stage === undefined || stage === 'Development'); }
  return name.endsWith('-refuser') && one === 'PendingManualApproval';
}
