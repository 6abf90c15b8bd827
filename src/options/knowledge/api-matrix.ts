import { apiShift, shiftMinutes } from './api-shift-steps';
import type { EndpointShape, KindRefusal } from './endpoint-shape';
import { type ApiOptions, ApiRelease, ApiType } from '../api';
import { ApiAuthorization } from '../api-authorization';
import { ApiShiftStrategy } from '../api-shift';
import { EnvironmentType } from '../deployment-group';
import { EndpointKind } from '../endpoint';

const { SERVERLESS, ASYNCHRONOUS, BATCH } = EndpointKind;
const GATEWAY = 'API Gateway developer guide';
const QUOTAS = `${GATEWAY}, quotas`;

const isRest = (api?: ApiOptions) => api?.type === ApiType.REST;
const authorization = (api?: ApiOptions) => api?.authorization?.type ?? ApiAuthorization.IAM;
const isPerRelease = ({ api }: EndpointShape) => api?.release === ApiRelease.PER_RELEASE;
const isPrivate = (api?: ApiOptions) => (api?.rest?.privateVpcEndpointIds ?? []).length > 0;

/** The longest shift: with the bake after it, below the eight hours of a build. */
const MOST_MINUTES = 360;

const minutesOf = (api: ApiOptions) => shiftMinutes(apiShift(api, EnvironmentType.PROD));

/** What has no meaning without tokens. */
const OF_TOKENS = ['issuer', 'audience', 'scopes'] as const;

/** What does not go together in an API, with the source of each. */
export const API_MATRIX: readonly KindRefusal[] = [
  {
    option: 'api',
    refuses: ({ kind, api }) => kind === BATCH && api !== undefined,
    allowed: () => `nothing for the kind "${BATCH}", which has no endpoint to be in front of`,
    fix: 'Omit it, or choose another kind.',
    source: 'ours: an API answers requests',
  },
  {
    option: 'api.release',
    refuses: shape => shape.kind === ASYNCHRONOUS && isPerRelease(shape),
    allowed: () => `"${ApiRelease.IN_PLACE}" for "${ASYNCHRONOUS}": requests wait in the queue of one endpoint`,
    fix: 'Omit it.',
    source: 'ours: requests that wait for an endpoint would be lost with it',
  },
  {
    option: 'deployment',
    refuses: shape => isPerRelease(shape) && shape.kind !== SERVERLESS && shape.deployment !== undefined,
    allowed: () => `no value with api.release "${ApiRelease.PER_RELEASE}": each package gets an endpoint of its own, `
      + 'which is never updated',
    fix: 'Use api.shift, api.bakeSeconds and api.alarms, or omit deployment.',
    source: 'ours: guardrails are for updates of an endpoint',
  },
  {
    option: 'api.rest',
    refuses: ({ api }) => !isRest(api) && api?.rest !== undefined,
    allowed: () => `nothing for the type "${ApiType.HTTP}", which has no usage plans, web ACL or private APIs`,
    fix: `Set api.type to "${ApiType.REST}", or omit it.`,
    source: `${GATEWAY}, "Choose between REST APIs and HTTP APIs"`,
  },
  {
    option: 'api.authorization.type',
    refuses: ({ api }) => isRest(api) && authorization(api) === ApiAuthorization.JWT,
    allowed: () => `"${ApiAuthorization.IAM}" or "${ApiAuthorization.NONE}" for the type "${ApiType.REST}", which `
      + 'checks no tokens itself',
    fix: `Use an API of the type "${ApiType.HTTP}", or sign requests with AWS credentials.`,
    source: `${GATEWAY}, "Choose between REST APIs and HTTP APIs": JWT authorizers`,
  },
  {
    option: 'api.authorization',
    refuses: ({ api }) => authorization(api) === ApiAuthorization.JWT
      && (api?.authorization?.issuer === undefined || api.authorization.audience === undefined),
    allowed: () => `an issuer and an audience with "${ApiAuthorization.JWT}"`,
    fix: 'Add both: without an audience a token for another application would be accepted.',
    source: 'API Gateway V2 API reference, JWTConfiguration',
  },
  ...OF_TOKENS.map((name): KindRefusal => ({
    option: `api.authorization.${name}`,
    refuses: ({ api }) => authorization(api) !== ApiAuthorization.JWT && api?.authorization?.[name] !== undefined,
    allowed: ({ api }) => `nothing with "${authorization(api)}", which looks at no tokens`,
    fix: `Set api.authorization.type to "${ApiAuthorization.JWT}", or omit it.`,
    source: 'ours: it would protect nothing',
  })),
  {
    option: 'api.authorization.type',
    refuses: ({ api }) => authorization(api) === ApiAuthorization.NONE && !isPrivate(api)
      && (api?.rest?.usagePlans ?? []).length === 0,
    allowed: () => `"${ApiAuthorization.IAM}" or "${ApiAuthorization.JWT}" for an API that is neither private nor asks `
      + 'for an API key',
    fix: 'Choose one of them, or add rest.privateVpcEndpointIds or rest.usagePlans.',
    source: 'ours: everybody could call it, at your expense',
  },
  {
    option: 'api.timeoutSeconds',
    refuses: ({ api }) => !isRest(api) && (api?.timeoutSeconds ?? 0) > 29,
    allowed: () => `1 to 29 for the type "${ApiType.HTTP}": API Gateway gives up after 30`,
    fix: 'Lower it, or use the asynchronous kind, whose answers may take an hour.',
    source: `${QUOTAS}: maximum integration timeout`,
  },
  {
    option: 'api.domain',
    refuses: ({ api }) => isPrivate(api) && api?.domain !== undefined,
    allowed: () => 'nothing for a private API, which is called through its VPC endpoint',
    fix: 'Omit it.',
    source: 'ours: private custom domains are not built',
  },
  ...(['percent', 'minutes'] as const).map((name): KindRefusal => ({
    option: `api.shift.${name}`,
    refuses: ({ api }) => api?.shift?.strategy === ApiShiftStrategy.ALL_AT_ONCE && api.shift[name] !== undefined,
    allowed: () => `nothing with "${ApiShiftStrategy.ALL_AT_ONCE}", which has no steps`,
    fix: 'Omit it, or choose another strategy.',
    source: 'CodeDeploy API reference, TrafficRoutingConfig',
  })),
  {
    option: 'api.shift.minutes',
    refuses: ({ api }) => api?.shift !== undefined && minutesOf(api) > MOST_MINUTES,
    allowed: ({ api }) => `steps that take at most ${MOST_MINUTES} minutes together; these take `
      + `${api === undefined ? 0 : minutesOf(api)}`,
    fix: 'Use fewer steps (percent), or shorter ones.',
    source: 'ours: a build waits for the shift',
  },
  {
    option: 'api.rest.usagePlans',
    refuses: ({ api }) => new Set((api?.rest?.usagePlans ?? []).map(({ name }) => name)).size
      < (api?.rest?.usagePlans ?? []).length,
    allowed: () => 'plans with names that differ',
    fix: 'Give each of them a name of its own.',
    source: 'ours: keys are told by their names',
  },
];
