import type { Mutation } from './mutation';
import type { Json } from '../../testing/iam/assembly';
import type { Assembly } from '../../testing/journey/assembly';

const PROD = 'churn-main-prod';
const STAGING = 'churn-main-staging';
const PACKAGES = 'arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main';

/** API Gateway answers in place of a version of the handler. */
const GATEWAY_ANSWERS = /API Gateway itself answers in \w+: \d+/;
/** The deployment fails where it is to go through. */
const NOT_MOVED = /churn-main-deploy: Failed: deploy-\w+\/shift-/;
const TOLD = (text: string) => new RegExp(`not with: ${text}|it was to fail with: ${text}`);

/** Replaces a text in a resource. */
function inText(resource: Json, text: string, replacement: string): void {
  resource.Properties = JSON.parse(JSON.stringify(resource.Properties).replaceAll(text, replacement)) as Json;
}

/** Changes the variables of the handlers whose name has this beginning. */
function variables(a: Assembly, name: string, change: (variables: Json) => void): void {
  a.resources('AWS::Lambda::Function', p => p.FunctionName === `${name}-api`, r =>
    change(r.Properties.Environment.Variables));
}

const isServerErrors = (p: Json) => JSON.stringify(p.AlarmName ?? '').includes('api-server-errors');

/** What is spoilt of the APIs' templates. */
const TEMPLATES: readonly Mutation[] = [
  {
    name: 'the REST API calls the function and not its alias',
    change: a => a.resources('AWS::ApiGateway::Method', p => p.HttpMethod === 'POST', r => {
      inText(r, ':live/invocations', '/invocations');
    }),
    scenes: ['first_release'], noticed: GATEWAY_ANSWERS,
  },
  {
    name: 'the HTTP API calls the function and not its alias',
    change: a => a.resources('AWS::ApiGatewayV2::Integration', () => true, r => { inText(r, '-api:live', '-api'); }),
    scenes: ['first_release'], noticed: GATEWAY_ANSWERS,
  },
  {
    name: 'the HTTP API calls with no role',
    change: a => a.resources('AWS::ApiGatewayV2::Integration', () => true, r => {
      delete r.Properties.CredentialsArn;
    }),
    scenes: ['first_release'], noticed: GATEWAY_ANSWERS,
  },
  {
    name: 'requests for predictions need no token',
    change: a => a.resources('AWS::ApiGatewayV2::Route', p => String(p.RouteKey).startsWith('POST'), r => {
      r.Properties.AuthorizationType = 'NONE';
    }),
    scenes: ['first_release'], noticed: /was called by Caller|answers \d+ to Caller|API Gateway|answers 401/,
  },
  {
    name: 'requests for predictions need no API key',
    change: a => a.resources('AWS::ApiGateway::Method', p => p.HttpMethod === 'POST', r => {
      r.Properties.ApiKeyRequired = false;
    }),
    scenes: ['first_release'], noticed: /was called by Caller|answers \d+ to Caller/,
  },
  {
    name: 'requests for predictions need no signature',
    change: a => a.resources('AWS::ApiGateway::Method', p => p.HttpMethod === 'POST', r => {
      r.Properties.AuthorizationType = 'NONE';
    }),
    scenes: ['first_release'], noticed: /was called by Caller|answers \d+ to Caller/,
  },
  {
    name: 'tokens are for another audience',
    change: a => a.resources('AWS::ApiGatewayV2::Authorizer', () => true, r => {
      r.Properties.JwtConfiguration.Audience = ['other'];
    }),
    scenes: ['first_release'], noticed: GATEWAY_ANSWERS,
  },
  {
    name: 'the endpoint of a release goes when it is replaced',
    change: a => a.resources('AWS::SageMaker::Endpoint', p => JSON.stringify(p).includes(PROD), r => {
      r.UpdateReplacePolicy = 'Delete';
    }),
    scenes: ['hook_refuses'], noticed: /prod answers 5\d\d|API Gateway itself answers|is live in prod|removed/,
  },
  {
    name: 'versions go when they are replaced',
    change: a => a.resources('AWS::Lambda::Version', () => true, r => { r.UpdateReplacePolicy = 'Delete'; }),
    scenes: ['hook_refuses'], noticed: /is used by the alias live|may not lambda:DeleteFunction/,
  },
  {
    name: 'the description of a version never changes',
    change: a => a.resources('AWS::Lambda::Version', () => true, r => { r.Properties.Description = 'the handler'; }),
    scenes: ['hook_refuses'], noticed: /Failed|not with: golden rows differ/,
  },
  {
    name: 'the description of a version changes and the handler does not',
    change: a => a.resources('AWS::Lambda::Version', () => true, r => {
      r.Properties.Description = { 'Fn::Join': [' ', [r.Properties.Description, { Ref: 'StartedAt' }]] };
    }),
    scenes: ['unchanged'], noticed: /A version for this Lambda function exists/,
  },
  {
    name: 'the handler is bound to another endpoint',
    change: a => variables(a, PROD, v => { v.ENDPOINT_NAME = `${PROD}-r00000000`; }),
    scenes: ['first_release'], noticed: NOT_MOVED,
  },
  {
    name: 'the handler says that it is for another package',
    change: a => variables(a, STAGING, v => { v.PACKAGE = `${PACKAGES}/99`; }),
    scenes: ['first_release'], noticed: /Failed|the handler in staging says/,
  },
  {
    name: 'the handler gets no contract',
    change: a => variables(a, STAGING, v => { v.CONTRACT = 'none'; }),
    scenes: ['first_release'], noticed: /a wrong field is answered with|\/schema in staging says|Failed/,
  },
  {
    name: 'all requests move at the same moment',
    change: a => a.resources('AWS::CodeDeploy::DeploymentConfig', () => true, r => {
      r.Properties.TrafficRoutingConfig = { Type: 'AllAtOnce' };
    }),
    scenes: ['shifted'], noticed: /all requests of prod moved at the same moment/,
  },
  {
    name: 'the alarm of a version never fires',
    change: a => a.resources('AWS::CloudWatch::Alarm', isServerErrors, r => { r.Properties.Threshold = 100; }),
    scenes: ['alarm_during_the_canary'], noticed: TOLD('ALARM_ACTIVE'),
  },
];

/** What is spoilt of the roles around the APIs. */
const ROLES: readonly Mutation[] = [
  {
    name: 'API Gateway may not call the alias',
    change: a => a.withoutGrant(`${PROD}-apigateway`, 'Live'),
    scenes: ['first_release'], noticed: /API Gateway itself answers.*may not lambda:InvokeFunction/,
  },
  {
    name: 'API Gateway may call every version',
    change: a => a.role(`${STAGING}-apigateway`, statements => statements.map(s => ({ ...s, Resource: '*' }))),
    scenes: ['first_release'], noticed: /apigateway may lambda:InvokeFunction/,
  },
  {
    name: 'the handler may ask any endpoint',
    change: a => a.role(`${STAGING}-apihandler`, statements => statements.map(s =>
      (s.Sid === 'Endpoint' ? { ...s, Resource: '*' } : s))),
    scenes: ['first_release'], noticed: /apihandler may sagemaker:InvokeEndpoint/,
  },
  {
    name: 'the handler may not ask its endpoint',
    change: a => a.withoutGrant(`${PROD}-apihandler`, 'Endpoint'),
    scenes: ['first_release'], noticed: NOT_MOVED,
  },
  {
    name: 'the handler may not read contracts',
    change: a => a.withoutGrant(`${STAGING}-apihandler`, 'Contract'),
    scenes: ['first_release'], noticed: NOT_MOVED,
  },
  {
    name: 'the handler may not keep predictions',
    change: a => a.withoutGrant(`${PROD}-apihandler`, 'Predictions'),
    scenes: ['first_release'], noticed: /no prediction of it has arrived/,
  },
  {
    name: 'the stream of predictions may not write',
    change: a => a.withoutGrant(`${PROD}-apipredictions`, 'Objects'),
    scenes: ['first_release'], noticed: /no prediction of it has arrived/,
  },
  {
    name: 'CodeDeploy may not move the alias',
    change: a => a.withoutGrant(`${STAGING}-apishift`, 'Alias'),
    scenes: ['hook_refuses'], noticed: /may not lambda:GetAlias/,
  },
  {
    name: 'CodeDeploy may not call the hooks',
    change: a => a.withoutGrant(`${STAGING}-apishift`, 'Hooks'),
    scenes: ['hook_refuses'], noticed: /may not lambda:InvokeFunction|HOOK_EXECUTION_FAILURE/,
  },
  {
    name: 'CodeDeploy may not look at alarms',
    change: a => a.withoutGrant(`${STAGING}-apishift`, 'Alarms'),
    scenes: ['hook_refuses'], noticed: /may not cloudwatch:DescribeAlarms/,
  },
  {
    name: 'hooks may not say what came of it',
    change: a => a.withoutGrant(`${STAGING}-apihooks`, 'Deployment'),
    scenes: ['hook_refuses'], noticed: /codedeploy:GetDeployment|the hook BeforeAllowTraffic|HOOK_EXECUTION_FAILURE/,
  },
  {
    name: 'nobody may start a shift',
    change: a => a.withoutGrant(`${STAGING}-apirelease`, 'Shift'),
    scenes: ['hook_refuses'], noticed: /may not codedeploy:/,
  },
  {
    name: 'old endpoints may not be removed',
    change: a => a.withoutGrant(`${PROD}-retire`, 'OldReleases'),
    scenes: ['hook_refuses'], noticed: /are left|may not sagemaker:DeleteEndpoint/,
  },
];

/** What is spoilt of the tools and the handler. */
const TOOLS: readonly Mutation[] = [
  {
    name: 'requests are not checked by the contract',
    change: a => a.tool('contract.py', /if problems:\n {12}return Checked\(/, 'if False:\n            return Checked('),
    scenes: ['first_release'], noticed: /a wrong field is answered with/,
  },
  {
    name: 'the handler does not look again who calls, and the API lets everybody in',
    change: a => {
      a.tool('authorising.py', 'if call.direct:', 'if True:');
      a.resources('AWS::ApiGatewayV2::Route', p => String(p.RouteKey).startsWith('POST'), r => {
        r.Properties.AuthorizationType = 'NONE';
      });
    },
    scenes: ['first_release'], noticed: /answers 200 to Caller/,
  },
  {
    name: 'hooks always say that all is well',
    change: a => a.tool('hooks.py', /"Failed"(, "reason": str\(problem\))/, '"Succeeded"$1'),
    scenes: ['hook_refuses'], noticed: TOLD('golden rows differ'),
  },
  {
    name: 'CodeDeploy is told of no hooks',
    change: a => a.tool('shifting.py', /"Hooks": \[.*\],\n/, '"Hooks": [],\n'),
    scenes: ['hook_refuses'], noticed: TOLD('golden rows differ'),
  },
  {
    name: 'CodeDeploy is told of no alarms',
    change: a => a.tool('shifting.py', '"alarms": [{"name": name} for name in alarms]', '"alarms": []'),
    scenes: ['alarm_during_the_canary'], noticed: TOLD('ALARM_ACTIVE'),
  },
  {
    name: 'requests are counted for no version',
    change: a => a.tool('telemetry.py', 'DIMENSION = "FunctionVersion"', 'DIMENSION = "Version"'),
    scenes: ['alarm_during_the_canary'], noticed: TOLD('ALARM_ACTIVE'),
  },
  {
    name: 'there is no bake',
    change: a => a.tool('moving.py', 'max(0.0, self._api.bake_seconds - over)', '0.0'),
    scenes: ['alarm_during_the_bake'], noticed: TOLD('fired after'),
  },
  {
    name: 'nobody looks at alarms during the bake',
    change: a => a.tool('moving.py', 'if firing:', 'if False:'),
    scenes: ['alarm_during_the_bake'], noticed: TOLD('fired after'),
  },
  {
    name: 'an alarm during the bake moves nothing back',
    change: a => a.tool('moving.py', '{problem} {self._give_back(before)}")', '{problem}")'),
    scenes: ['alarm_during_the_bake'], noticed: /still get errors|is live in prod|prod answers 5|are left/,
  },
  {
    name: 'a shift that failed is not recorded',
    change: a => a.tool('shift.py', /str\(failure\) \+ record_failure\(.*\)\n/, 'str(failure)\n'),
    scenes: ['hook_refuses'], noticed: /nobody was notified: ROLLED BACK|Failed|not with/,
  },
  {
    name: 'the endpoint of a failed release stays',
    change: a => a.tool('shift.py', 'remove_endpoint(aws, environment, now.endpoint)', 'now.endpoint'),
    scenes: ['hook_refuses'], noticed: /are left/,
  },
  {
    name: 'an endpoint that is updated in place does not return',
    change: a => a.tool('shift.py', 'if is_new and environment.rollback_role:', 'if False:'),
    scenes: ['hook_refuses_in_place'], noticed: /is live in staging|in staging gives|the handler in staging says/,
  },
  {
    name: 'old endpoints are not removed',
    change: a => a.tool('retire.py', /is_per_release:(\n {12}retire_endpoints)/, 'is_per_release and False:$1'),
    scenes: ['shifted'], noticed: /are left/,
  },
  {
    name: 'what is removed is the live endpoint',
    change: a => {
      a.tool('retire_endpoints.py', 'if name in led_to(aws, environment):', 'if False:');
      a.tool('retire_endpoints.py', 'if endpoint.made < current.made]', 'if endpoint.made <= current.made]');
    },
    scenes: ['first_release'], noticed: /Failed|nothing serves in prod|prod answers 5/,
  },
  {
    name: 'every release has the same name',
    change: a => a.tool('release_name.py', /return beginning \+ .*\n/, 'return "aaaaaaaa"\n'),
    scenes: ['hook_refuses'], noticed: /UpdateEndpoint|Failed|not with/,
  },
  {
    name: 'omitted columns are kept',
    change: a => a.tool('predictions.py', ' and c.name not in omit', ''),
    scenes: ['shifted'], noticed: /prod keeps name/,
  },
  {
    name: 'records name another version',
    change: a => a.tool('predictions.py', '"version": about.version,', '"version": "1",'),
    scenes: ['shifted'], noticed: /is kept as of version 1|a record of version/,
  },
  {
    name: 'a return leaves the alias where it is',
    change: a => a.tool('return_api.py', /if move_alias\(.*, target\.version\):/, 'if True:'),
    scenes: ['returned_in_the_bake'], noticed: /was live in prod after the return/,
  },
];

/** Faults in an API in front of an endpoint, in what moves it to a new version, and in what it keeps. */
export const FRONTED_FAULTS: readonly Mutation[] = [...TEMPLATES, ...ROLES, ...TOOLS];
