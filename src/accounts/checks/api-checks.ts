import { ApiType } from '../../options/api';
import type { NamedApi } from '../../plan/api/model';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { isPerRelease } from '../../plan/endpoint/served-names';
import { functionLog } from '../../plan/logs';
import { type Place, placeOf } from '../../plan/place';
import type { PreflightCheck } from '../preflight-check';

/** Milliseconds for which a REST API waits, unless the account's quota was raised (API Gateway guide, quotas). */
const REST_MILLISECONDS = 29_000;

/** What Lambda keeps unreserved (Lambda guide, "Configuring reserved concurrency"). */
const UNRESERVED = 100;

const INTEGRATION_QUOTA = 'Maximum integration timeout in milliseconds';
const CONCURRENCY_QUOTA = 'Concurrent executions';

/** What an API needs in its account, beside what every environment does. */
export function apiChecks(environment: PlannedEnvironment): PreflightCheck[] {
  const { api } = environment;
  if (!api) { return []; }
  const place = placeOf(environment.place);
  const { domain, rest, type, tracingLayerArn, timeoutSeconds, reservedConcurrency } = api.settings;
  const isRest = type === ApiType.REST;
  return [
    ...(domain ? domainChecks(place, domain) : []),
    ...(rest?.webAclArn ? [webAcl(place, rest.webAclArn)] : []),
    ...(rest && rest.privateVpcEndpointIds.length > 0 ? [vpcEndpoints(place, rest.privateVpcEndpointIds)] : []),
    ...(isRest ? [accessLogs(place)] : []),
    ...(isRest && timeoutSeconds * 1000 > REST_MILLISECONDS ? [{
      ...quota(place, INTEGRATION_QUOTA, timeoutSeconds * 1000, 'apigateway'),
      fix: `Request it in Service Quotas, Amazon API Gateway, "${INTEGRATION_QUOTA}": ${timeoutSeconds * 1000} or more; `
        + 'it may take from the account\'s request rate. Or lower endpoint.api.timeoutSeconds to 29.',
    }] : []),
    ...(reservedConcurrency ? [{
      ...quota(place, CONCURRENCY_QUOTA, reservedConcurrency + UNRESERVED, 'lambda'),
      fix: `Request it in Service Quotas, AWS Lambda, "${CONCURRENCY_QUOTA}": Lambda keeps ${UNRESERVED} unreserved, and `
        + 'other functions may have reserved some. Or lower endpoint.api.reservedConcurrency.',
    }] : []),
    ...(tracingLayerArn ? [layer(place, tracingLayerArn)] : []),
    release(environment),
  ];
}

function domainChecks(
  place: Place, { name, certificateArn, hostedZoneId }: NonNullable<NamedApi['settings']['domain']>,
): PreflightCheck[] {
  return [
    {
      kind: 'certificate',
      title: `Certificate for ${name}`,
      place,
      wants: { arn: certificateArn, domain: name },
      fix: 'Request a certificate for this name in Certificate Manager, in this account and region, and wait until it '
        + 'is issued (endpoint.api.domain.certificateArn).',
    },
    ...(hostedZoneId ? [{
      kind: 'hostedZone' as const,
      title: `Hosted zone ${hostedZoneId} for ${name}`,
      place,
      wants: { id: hostedZoneId, domain: name },
      fix: 'Name a public hosted zone of this account that the domain is in (endpoint.api.domain.hostedZoneId), or omit '
        + 'it and point the domain at the API yourself.',
    }] : []),
  ];
}

function webAcl(place: Place, arn: string): PreflightCheck {
  return {
    kind: 'webAcl',
    title: `Web ACL ${arn.split('/')[2]}`,
    place,
    wants: { arn },
    fix: 'Name a regional web ACL of AWS WAF in this account and region (endpoint.api.rest.webAclArn).',
  };
}

function vpcEndpoints(place: Place, ids: readonly string[]): PreflightCheck {
  return {
    kind: 'vpcEndpoints',
    title: `VPC endpoints for execute-api: ${ids.join(', ')}`,
    place,
    wants: { ids },
    fix: 'Create interface VPC endpoints for com.amazonaws.<region>.execute-api in this region, and name them '
      + '(endpoint.api.rest.privateVpcEndpointIds).',
  };
}

/** REST APIs write logs with a role that belongs to the whole account and region. */
function accessLogs(place: Place): PreflightCheck {
  return {
    kind: 'apiLogs',
    title: 'Role with which REST APIs write logs',
    place,
    wants: {},
    fix: 'Create a role that apigateway.amazonaws.com may assume, with the policy '
      + 'AmazonAPIGatewayPushToCloudWatchLogs, and set it for the account and region: aws apigateway update-account '
      + '--patch-operations op=replace,path=/cloudwatchRoleArn,value=<ARN of the role>.',
  };
}

function layer(place: Place, arn: string): PreflightCheck {
  return {
    kind: 'layer',
    title: `Layer ${arn.split(':').slice(-2).join(':')}`,
    place,
    wants: { arn },
    fix: 'Name a version of the layer that exists in this region and may be used (endpoint.api.tracingLayerArn).',
  };
}

/** How a new model comes to the API is decided once: the names of endpoints depend on it. */
function release(environment: PlannedEnvironment): PreflightCheck {
  const { name, place, endpointStack, api } = environment;
  return {
    kind: 'release',
    title: `Endpoint stack ${endpointStack} is released "${api!.settings.release}"`,
    place: placeOf(place),
    wants: { stack: endpointStack, perRelease: isPerRelease(environment) },
    fix: `Set endpoint.api.release of ${name} back, or add an environment with the other way and move callers to it.`,
  };
}

function quota(place: Place, name: string, value: number, service: string): Omit<PreflightCheck, 'fix'> {
  return { kind: 'quota', title: `Quota "${name}": ${value}`, place, wants: { name, value, service } };
}

/** Log groups and buckets that the environment's stack keeps of an API. */
export function apiLeftovers({ api }: PlannedEnvironment): { readonly logs: string[]; readonly buckets: string[] } {
  if (!api) { return { logs: [], buckets: [] }; }
  const { functionName, beforeTraffic, afterTraffic, accessLog, predictions } = api;
  return {
    logs: [
      accessLog, ...[functionName, beforeTraffic, afterTraffic].map(functionLog),
    ],
    buckets: predictions ? [predictions.bucket] : [],
  };
}
