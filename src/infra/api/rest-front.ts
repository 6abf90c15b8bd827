import * as gateway from 'aws-cdk-lib/aws-apigateway';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { domainRecord } from './domain-record';
import { accessLine, type Front, type FrontProps, routesOf } from './front-props';
import { answersOfTheGateway, preflight } from './rest-answers';
import { acceptRest, acceptSigned, acceptUnauthorised } from './rest-findings';
import { ApiAuthorization } from '../../options/api-authorization';
import { encryptedLog } from '../shared/encrypted-log';

/** The only stage, and so the first part of a path where there is no domain of one's own. */
export const STAGE = 'live';

/**
 * A REST API. It sends its access log to CloudWatch only if the account lets API Gateway do so
 * (`AWS::ApiGateway::Account`), which is one setting for all APIs of a region and therefore not this construct's.
 */
export class RestFront extends Construct implements Front {
  public readonly address: string;
  public readonly apiId: string;
  public readonly api: gateway.RestApi;
  /** Keys of the usage plans, by the plan's name. */
  public readonly keys: { readonly [plan: string]: gateway.IApiKey };

  public constructor(scope: Construct, id: string, private readonly props: FrontProps) {
    super(scope, id);
    const { settings, apiName, key, binaryTypes } = props;
    const { domain, rest, throttling } = settings;
    const endpoints = rest?.privateVpcEndpointIds ?? [];
    const log = encryptedLog(this, 'AccessLog', props.accessLog, key, 'evidence');
    this.api = new gateway.RestApi(this, 'Api', {
      restApiName: apiName,
      description: 'Predictions of a model',
      cloudWatchRole: false,
      binaryMediaTypes: [...binaryTypes],
      disableExecuteApiEndpoint: domain !== undefined,
      endpointTypes: [endpoints.length > 0 ? gateway.EndpointType.PRIVATE : gateway.EndpointType.REGIONAL],
      policy: endpoints.length > 0 ? this.onlyThrough(endpoints) : undefined,
      deployOptions: {
        stageName: STAGE,
        accessLogDestination: new gateway.LogGroupLogDestination(log),
        accessLogFormat: gateway.AccessLogFormat.custom(accessLine(
          ['path', '$context.resourcePath'], ['caller', '$context.identity.userArn'],
          ['keyId', '$context.identity.apiKeyId'], ['waf', '$context.wafResponseCode'],
        )),
        metricsEnabled: true,
        throttlingRateLimit: throttling.requestsPerSecond,
        throttlingBurstLimit: throttling.burst,
      },
    });
    if (endpoints.length > 0) {
      (this.api.node.defaultChild as gateway.CfnRestApi).endpointConfiguration = {
        types: ['PRIVATE'], vpcEndpointIds: [...endpoints],
      };
    }
    this.apiId = this.api.restApiId;
    this.makeMethods();
    answersOfTheGateway(this.api, settings.cors);
    this.keys = this.makePlans();
    if (rest?.webAclArn !== undefined) {
      new wafv2.CfnWebACLAssociation(this, 'Firewall', {
        webAclArn: rest.webAclArn,
        resourceArn: this.api.deploymentStage.stageArn,
      });
    }
    acceptRest(this.api, rest?.webAclArn !== undefined);
    this.address = this.addressOf();
  }

  private makeMethods(): void {
    const { settings, handlerArn, gatewayRole } = this.props;
    const { authorization, timeoutSeconds, cors, rest } = settings;
    const integration = new gateway.Integration({
      type: gateway.IntegrationType.AWS_PROXY,
      integrationHttpMethod: 'POST',
      uri: `arn:${Stack.of(this).partition}:apigateway:${Stack.of(this).region}:lambda:path/2015-03-31/functions/`
        + `${handlerArn}/invocations`,
      options: { credentialsRole: gatewayRole, timeout: Duration.seconds(timeoutSeconds) },
    });
    const isSigned = authorization.type === ApiAuthorization.IAM;
    const body = this.bodyOf();
    for (const [verb, path] of routesOf(this.props)) {
      const resource = this.api.root.resourceForPath(path);
      const method = resource.addMethod(verb, integration, {
        authorizationType: isSigned ? gateway.AuthorizationType.IAM : gateway.AuthorizationType.NONE,
        apiKeyRequired: (rest?.usagePlans ?? []).length > 0,
        ...(verb === 'POST' ? body : { requestValidator: body.requestValidator }),
      });
      if (isSigned) { acceptSigned(method); } else { acceptUnauthorised(method); }
    }
    if (cors) {
      const resources = new Set(routesOf(this.props).map(([, path]) => this.api.root.resourceForPath(path)));
      resources.forEach(resource => preflight(resource, cors));
    }
  }

  /**
   * A request in JSON is an object or a list; which ones the model takes its handler knows. Other types have no schema
   * and are not looked at (API Gateway developer guide, "Request validation for REST APIs").
   */
  private bodyOf() {
    const requestValidator = this.api.addRequestValidator('Validator', {
      requestValidatorName: 'requests', validateRequestBody: true, validateRequestParameters: true,
    });
    const model = this.api.addModel('Request', {
      contentType: 'application/json',
      schema: {
        schema: gateway.JsonSchemaVersion.DRAFT4, title: 'Request',
        type: [gateway.JsonSchemaType.OBJECT, gateway.JsonSchemaType.ARRAY],
      },
    });
    return { requestValidator, requestModels: { 'application/json': model } };
  }

  /**
   * Without an endpoint of the list nothing is answered. Where requests are signed the callers' own rights decide, so
   * nothing is allowed here: in one account, either policy would do (API Gateway developer guide, "How API Gateway
   * resource policies affect authorization workflow").
   */
  private onlyThrough(endpoints: readonly string[]): iam.PolicyDocument {
    const everyone = { principals: [new iam.AnyPrincipal()], actions: ['execute-api:Invoke'] };
    const resources = ['execute-api:/*'];
    return new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          ...everyone, sid: 'OnlyThrough', resources, effect: iam.Effect.DENY,
          conditions: { StringNotEquals: { 'aws:SourceVpce': [...endpoints] } },
        }),
        ...(this.props.settings.authorization.type === ApiAuthorization.IAM ? [] : [new iam.PolicyStatement({
          ...everyone, sid: 'Through', resources,
          conditions: { StringEquals: { 'aws:SourceVpce': [...endpoints] } },
        })]),
      ],
    });
  }

  /** Values of keys are made by API Gateway and stay there. */
  private makePlans(): { readonly [plan: string]: gateway.IApiKey } {
    const plans = this.props.settings.rest?.usagePlans ?? [];
    return Object.fromEntries(plans.map(({ name, requestsPerSecond, burst, requestsPerDay }) => {
      const plan = this.api.addUsagePlan(`Plan-${name}`, {
        name: `${this.props.apiName}-${name}`,
        apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
        throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
        quota: requestsPerDay === undefined ? undefined : { limit: requestsPerDay, period: gateway.Period.DAY },
      });
      const key = this.api.addApiKey(`Key-${name}`, { apiKeyName: `${this.props.apiName}-${name}` });
      plan.addApiKey(key);
      return [name, key];
    }));
  }

  private addressOf(): string {
    const { domain, rest } = this.props.settings;
    const { region, urlSuffix } = Stack.of(this);
    if (!domain) {
      const [endpoint] = rest?.privateVpcEndpointIds ?? [];
      const host = endpoint === undefined ? this.apiId : `${this.apiId}-${endpoint}`;
      return `https://${host}.execute-api.${region}.${urlSuffix}/${STAGE}`;
    }
    const { name, certificateArn, hostedZoneId } = domain;
    const made = new gateway.DomainName(this, 'Domain', {
      domainName: name,
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: gateway.EndpointType.REGIONAL,
      securityPolicy: gateway.SecurityPolicy.TLS_1_2,
      mapping: this.api,
    });
    domainRecord(this, {
      name, hostedZoneId, target: made.domainNameAliasDomainName, zone: made.domainNameAliasHostedZoneId,
    });
    return `https://${name}`;
  }
}

