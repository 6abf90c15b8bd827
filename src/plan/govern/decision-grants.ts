import { EVIDENCE_KEYS } from './evidence-keys';
import type { Move, Stage } from './stages';
import type { NamedBuild } from '../build/model';
import { modelPackagesArn } from '../build/registry';
import type { Grant } from '../roles/role-model';

const STATUS = 'sagemaker:ModelApprovalStatus';
const STAGE = 'sagemaker:ModelLifeCycle:Stage';
const STAGE_STATUS = 'sagemaker:ModelLifeCycle:StageStatus';
const CURRENT_STAGE = 'sagemaker:CurrentModelLifeCycleStage';
const REMOVED = 'sagemaker:CustomerMetadataPropertiesToRemove';

/** The request says nothing of these keys. */
function absent(...keys: readonly string[]): { readonly [key: string]: string } {
  return Object.fromEntries(keys.map(key => [key, 'true']));
}

/** What a package says of itself and its origin stays as it is. */
const UNTOUCHED = absent(
  ...Object.values(EVIDENCE_KEYS).flat().sort().map(key => `sagemaker:CustomerMetadataProperties/${key}`), REMOVED,
);

type Registry = Pick<NamedBuild, 'place' | 'modelPackageGroup'>;

function update(sid: string, build: Registry, conditions: Grant['conditions'], why: string): Grant {
  return {
    sid, actions: ['sagemaker:UpdateModelPackage'], resources: [modelPackagesArn(build)], conditions, why,
    wildcard: 'The registry assigns the version numbers.',
  };
}

/** Setting one of these approval statuses, and nothing else; not while the version is in one of these stages. */
export function setStatus(
  build: Registry, sid: string, statuses: readonly string[], why: string, notIn: readonly Stage[] = [],
): Grant {
  return update(sid, build, {
    StringEquals: { [STATUS]: statuses },
    // True also where a version has no stage (IAM user guide, "Negated matching condition operators").
    ...(notIn.length > 0 ? { StringNotEquals: { [CURRENT_STAGE]: notIn } } : {}),
    Null: { ...UNTOUCHED, ...absent(STAGE) },
  }, why);
}

/** Moves between two stages, from the ones that a version is in now; all of them end in the same one. */
export function moveStage(build: Registry, sid: string, moves: readonly Move[], why: string): Grant {
  const [{ to, status }] = moves;
  const from = moves.flatMap(move => move.from ?? []);
  return update(sid, build, {
    StringEquals: { [STAGE]: to, [STAGE_STATUS]: status, ...(from.length > 0 ? { [CURRENT_STAGE]: from } : {}) },
    Null: { ...UNTOUCHED, ...absent(STATUS, ...(from.length > 0 ? [] : [CURRENT_STAGE])) },
  }, why);
}

/** Adding what sealing found out, once. */
export function recordSeal(build: Registry, sealedKey: string, why: string): Grant {
  return update('Record', build, {
    Null: absent(STATUS, STAGE, REMOVED, `sagemaker:CurrentCustomerMetadataProperties/${sealedKey}`),
  }, why);
}

/** Whoever builds begins no life cycle: a stage of their choice would be a stage left out. */
export function neverMove(resources: readonly string[]): Grant {
  return {
    sid: 'NeverMove', effect: 'Deny', actions: ['sagemaker:CreateModelPackage', 'sagemaker:UpdateModelPackage'],
    resources, conditions: { Null: { [STAGE]: 'false' } },
    why: 'Denied: stages are set by what was proven, not by who builds.',
  };
}
