import { actions, allow, type PolicyStatement, type Service, type ServiceScope } from './statement';
import { ApiType } from '../options/api';
import type { NamedApi } from '../plan/api/model';

/** Services that roles around an API are passed to. */
export const PASSED_TO_OF_APIS = ['apigateway', 'codedeploy', 'firehose'] as const;

/** The APIs in front of an account's endpoints. */
export function apisOf({ plan, account }: Pick<ServiceScope, 'plan' | 'account'>): NamedApi[] {
  return plan.groups.flatMap(group => group.environments)
    .filter(environment => environment.place.account === account).flatMap(({ api }) => api ?? []);
}

const REST_PATHS = ['restapis', 'restapis/*', 'usageplans', 'usageplans/*', 'apikeys', 'apikeys/*'];

/**
 * APIs, with what moves them from one version of their handler to the next: the hooks by their exact names and
 * CodeDeploy's application, never the handler, which is in the endpoint stack. API Gateway gives an API its ID
 * (schemas of the types: permissions of their handlers).
 */
export const apis: Service = scope => {
  const { named, partition, account, arn } = scope;
  const found = apisOf(scope);
  const rest = found.filter(({ settings }) => settings.type === ApiType.REST);
  const region = arn('apigateway', '').split(':')[3];
  const paths = (list: readonly string[]) => list.map(path => `arn:${partition}:apigateway:${region}::/${path}`);
  const domains = found.flatMap(({ settings }) => settings.domain ?? []);
  return [
    allow('Apis', actions('apigateway', 'DELETE GET PATCH POST PUT'), paths([
      ...(found.length > rest.length ? ['apis', 'apis/*'] : []),
      ...(rest.length > 0 ? REST_PATHS : []),
      ...(domains.length > 0 ? ['domainnames', 'domainnames/*'] : []),
      'tags/*',
    ])),
    ...(rest.length > 0
      ? [allow('ApiPolicies', ['apigateway:UpdateRestApiPolicy'], paths(REST_PATHS.slice(0, 2)))] : []),
    // API Gateway guide, "Using service-linked roles": the first API of an account makes it.
    allow('ApiServiceRole', ['iam:CreateServiceLinkedRole'], [
      `arn:${partition}:iam::${account ?? '*'}:role/aws-service-role/ops.apigateway.amazonaws.com/*`,
    ], { StringEquals: { 'iam:AWSServiceName': 'ops.apigateway.amazonaws.com' } }),
    ...(rest.length < found.length ? accessLogDelivery() : []),
    ...(domains.length > 0 ? domainStatements(domains, paths, partition) : []),
    ...webAcls(rest, paths),
    allow('ApiHooks', actions('lambda', `CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction
      GetFunctionCodeSigningConfig GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig
      ListTags PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration`),
    found.flatMap(api => [api.beforeTraffic, api.afterTraffic]).map(name => arn('lambda', `function:${name}`))),
    allow('ApiShifts', actions('codedeploy', `CreateApplication CreateDeploymentConfig CreateDeploymentGroup
      DeleteApplication DeleteDeploymentConfig DeleteDeploymentGroup GetApplication GetDeploymentConfig
      GetDeploymentGroup ListTagsForResource TagResource UntagResource UpdateApplication UpdateDeploymentGroup`), [
      ...named('codedeploy', 'application:{}*'), ...named('codedeploy', 'deploymentgroup:{}*'),
      ...named('codedeploy', 'deploymentconfig:{}*'),
      arn('codedeploy', 'deploymentconfig:CodeDeployDefault.LambdaAllAtOnce'),
    ]),
    allow('ApiLogs', actions('logs', `AssociateKmsKey CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream
      DeleteRetentionPolicy DescribeLogStreams DisassociateKmsKey GetDataProtectionPolicy ListTagsForResource
      PutLogGroupDeletionProtection PutRetentionPolicy TagResource UntagResource`),
    ['vendedlogs/apis', 'kinesisfirehose'].flatMap(kind => named('logs', `log-group:/aws/${kind}/{}*`))),
  ];
};

/** HTTP APIs deliver access logs like other services (API Gateway guide, "Configure logging for HTTP APIs"). */
function accessLogDelivery(): PolicyStatement[] {
  return [allow('ApiLogDelivery', actions('logs', `CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies
    GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery`), ['*'])];
}

function domainStatements(
  domains: ReadonlyArray<{ readonly certificateArn: string; readonly hostedZoneId?: string }>,
  paths: (list: readonly string[]) => string[], partition: string,
): PolicyStatement[] {
  const zones = [...new Set(domains.flatMap(({ hostedZoneId }) => hostedZoneId ?? []))];
  return [
    allow('ApiDomains', actions('apigateway', 'AddCertificateToDomain RemoveCertificateFromDomain'),
      paths(['domainnames', 'domainnames/*'])),
    allow('ApiCertificates', ['acm:DescribeCertificate'], [...new Set(domains.map(d => d.certificateArn))]),
    ...(zones.length > 0 ? [
      allow('ApiZones', actions('route53', 'ChangeResourceRecordSets GetHostedZone ListResourceRecordSets'),
        zones.map(zone => `arn:${partition}:route53:::hostedzone/${zone}`)),
      allow('ApiZoneChanges', ['route53:GetChange'], [`arn:${partition}:route53:::change/*`]),
      allow('ApiZonesListed', ['route53:ListHostedZones'], ['*']),
    ] : []),
  ];
}

function webAcls(rest: readonly NamedApi[], paths: (list: readonly string[]) => string[]): PolicyStatement[] {
  const acls = [...new Set(rest.flatMap(({ settings }) => settings.rest?.webAclArn ?? []))];
  const stages = paths(['restapis/*/stages/*']);
  return acls.length > 0 ? [
    allow('ApiWebAcls', actions('wafv2', 'AssociateWebACL DisassociateWebACL GetWebACLForResource'), [
      ...acls, ...stages,
    ]),
    allow('ApiWebAclsRead', ['wafv2:GetWebACL'], acls),
    allow('ApiWebAclsSet', ['apigateway:SetWebACL'], stages),
  ] : [];
}

/** Streams that deliver predictions. */
export const streams: Service = ({ named }) => [
  allow('Streams', actions('firehose', `CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream
    ListTagsForDeliveryStream StartDeliveryStreamEncryption StopDeliveryStreamEncryption TagDeliveryStream
    UntagDeliveryStream UpdateDestination`), named('firehose', 'deliverystream/{}*')),
];
