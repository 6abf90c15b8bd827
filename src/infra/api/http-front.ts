import * as gateway from 'aws-cdk-lib/aws-apigatewayv2';
import { Fn } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { domainRecord } from './domain-record';
import {
  accessLine, CORS_EXPOSED, CORS_HEADERS, CORS_METHODS, type Front, type FrontProps, routesOf,
} from './front-props';
import { ApiAuthorization } from '../../options/api-authorization';
import { encryptedLog } from '../shared/encrypted-log';

/** API Gateway gives up after so many milliseconds (API Gateway developer guide, quotas of HTTP APIs). */
const LONGEST = 30_000;

/**
 * An HTTP API. API Gateway answers preflight requests itself, before any authorisation (API Gateway developer guide,
 * "Configure CORS for HTTP APIs in API Gateway").
 */
export class HttpFront extends Construct implements Front {
  public readonly address: string;
  public readonly apiId: string;
  public readonly api: gateway.CfnApi;

  public constructor(scope: Construct, id: string, private readonly props: FrontProps) {
    super(scope, id);
    const { settings, key, apiName } = props;
    const { throttling, cors, domain } = settings;
    this.api = new gateway.CfnApi(this, 'Api', {
      name: apiName,
      description: 'Predictions of a model',
      protocolType: 'HTTP',
      // An address of one's own is then the only one.
      disableExecuteApiEndpoint: domain !== undefined,
      corsConfiguration: cors && {
        allowOrigins: cors.allowOrigins, allowMethods: CORS_METHODS, allowHeaders: CORS_HEADERS,
        exposeHeaders: CORS_EXPOSED, maxAge: cors.maxAgeSeconds,
      },
    });
    this.apiId = this.api.ref;
    this.makeRoutes();
    const log = encryptedLog(this, 'AccessLog', props.accessLog, key, 'evidence');
    const stage = new gateway.CfnStage(this, 'Stage', {
      apiId: this.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: Fn.select(0, Fn.split(':*', log.logGroupArn)),
        format: accessLine(
          ['route', '$context.routeKey'], ['authorizerError', '$context.authorizer.error'],
          ['subject', '$context.authorizer.claims.sub'], ['caller', '$context.identity.userArn'],
        ),
      },
      defaultRouteSettings: {
        throttlingRateLimit: throttling.requestsPerSecond,
        throttlingBurstLimit: throttling.burst,
        detailedMetricsEnabled: true,
      },
    });
    this.address = domain ? this.ownAddress(stage) : this.api.attrApiEndpoint;
  }

  private makeRoutes(): void {
    const { settings, handlerArn, gatewayRole } = this.props;
    const { type, scopes } = settings.authorization;
    const integration = new gateway.CfnIntegration(this, 'Handler', {
      apiId: this.apiId,
      description: 'The live version of the handler',
      integrationType: 'AWS_PROXY',
      integrationUri: handlerArn,
      credentialsArn: gatewayRole.roleArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: Math.min(settings.timeoutSeconds * 1000 + 1000, LONGEST),
    });
    const authorizer = type === ApiAuthorization.JWT ? this.tokens() : undefined;
    for (const [method, path] of routesOf(this.props)) {
      new gateway.CfnRoute(this, `${method} ${path}`, {
        apiId: this.apiId,
        routeKey: `${method} /${path}`,
        target: `integrations/${integration.ref}`,
        ...(authorizer
          ? { authorizationType: 'JWT', authorizerId: authorizer.ref, authorizationScopes: scopes }
          : { authorizationType: 'AWS_IAM' }),
      });
    }
  }

  private tokens(): gateway.CfnAuthorizer {
    const { issuer, audience } = this.props.settings.authorization;
    return new gateway.CfnAuthorizer(this, 'Tokens', {
      apiId: this.apiId,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience },
    });
  }

  private ownAddress(stage: gateway.CfnStage): string {
    const { name, certificateArn, hostedZoneId } = this.props.settings.domain!;
    const domain = new gateway.CfnDomainName(this, 'Domain', {
      domainName: name,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    });
    new gateway.CfnApiMapping(this, 'Mapping', {
      apiId: this.apiId, domainName: domain.ref, stage: stage.ref,
    });
    domainRecord(this, {
      name, hostedZoneId, target: domain.attrRegionalDomainName, zone: domain.attrRegionalHostedZoneId,
    });
    return `https://${name}`;
  }
}
