import type { Project } from 'projen';
import type { Delivery } from '../../delivery/delivery';
import { ApiAuthorization } from '../../options/api-authorization';
import { EndpointKind } from '../../options/endpoint';
import { API_ADDRESS } from '../../plan/api/model';
import { asynchronousUri } from '../../plan/endpoint/kinds/asynchronous';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { isPerRelease } from '../../plan/endpoint/served-names';
import { packageText } from '../package-files';
import { MergeStrategy, SyncedFile } from '../sync/synced-file';

/** How callers reach what one environment serves. */
interface Callable {
  readonly region?: string;
  readonly kind: EndpointKind;
  readonly endpoint?: string;
  readonly endpointStack: string;
  readonly stack: string;
  readonly body: string;
  readonly contentType: string;
  readonly accept: string;
  readonly api?: {
    readonly path: string;
    readonly authorization: ApiAuthorization;
    readonly needsKey: boolean;
    readonly isPrivate: boolean;
    readonly domain?: string;
    readonly addressOutput: string;
  };
}

/**
 * How to call what the delivery serves, in `docs/calling.md` as commands and in `docs/calling.ipynb` as a notebook: each
 * environment's endpoint, and the API in front of it, with their own names. Nothing where data is scored in batches only.
 */
export function addCalling(project: Project, { _plan: { groups } }: Delivery): void {
  const environments = groups.flatMap(group => group.environments.map(environment => ({ group: group.name, environment })))
    .filter(({ environment }) => !environment.batch);
  if (environments.length === 0) { return; }
  const named = Object.fromEntries(environments.map(({ group, environment }) => [
    groups.length > 1 ? `${group}/${environment.name}` : environment.name, environment,
  ]));
  new SyncedFile(project, 'docs/calling.md', { content: commands(project.name, named) });
  new SyncedFile(project, 'docs/calling.ipynb', {
    content: notebook(project.name, named),
    // Cells cannot be merged by lines, and whoever runs it changes it.
    merge: MergeStrategy.NONE,
  });
}

type Named = { readonly [name: string]: PlannedEnvironment };

function callable(environment: PlannedEnvironment): Callable {
  const { endpoint: { kind, smokeTest }, place, api } = environment;
  return {
    region: place.region,
    kind,
    ...(isPerRelease(environment) ? {} : { endpoint: environment.endpointName }),
    endpointStack: environment.endpointStack,
    stack: environment.stack,
    body: smokeTest.body,
    contentType: smokeTest.contentType,
    accept: smokeTest.accept,
    ...(api ? {
      api: {
        path: api.settings.path,
        authorization: api.settings.authorization.type,
        needsKey: (api.settings.rest?.usagePlans ?? []).length > 0,
        isPrivate: (api.settings.rest?.privateVpcEndpointIds ?? []).length > 0,
        ...(api.settings.domain ? { domain: api.settings.domain.name } : {}),
        addressOutput: API_ADDRESS,
      },
    } : {}),
  };
}

function notebook(project: string, environments: Named): string {
  const found = Object.fromEntries(Object.entries(environments).map(([name, e]) => [name, callable(e)]));
  const values: { readonly [name: string]: string } = {
    name: project,
    first: Object.keys(found)[0],
    // Inside a text of Python, which is not raw.
    environments: JSON.stringify(found, undefined, 2).replace(/\\/g, '\\\\').replace(/"""/g, '\\"\\"\\"'),
  };
  const template = JSON.parse(packageText('templates', 'docs', 'calling.ipynb')) as { cells: { source: string[] }[] };
  const cells = template.cells.map(cell => ({
    ...cell,
    source: cell.source.join('').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name])
      .split(/(?<=\n)/),
  }));
  return `${JSON.stringify({ ...template, cells }, undefined, 1)}\n`;
}

const quoted = (text: string) => `'${text.replace(/'/g, '\'\\\'\'')}'`;

/** Signs with AWS credentials: curl 7.75 or newer. */
const signed = (service: string) => `--aws-sigv4 "aws:amz:$REGION:${service}" `
  + '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
  + '-H "x-amz-security-token: $AWS_SESSION_TOKEN"';

function commands(project: string, environments: Named): string {
  const sections = Object.entries(environments).flatMap(([name, environment]) => section(name, environment));
  return [
    `# Call the model of ${project}`,
    '',
    'Made from the options. The commands need credentials of the environment\'s account (`AWS_ACCESS_KEY_ID`, '
      + '`AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), and curl 7.75 or newer. The same calls in Python: '
      + '[calling.ipynb](calling.ipynb).',
    '',
    'The body is that of the smoke test; `GET /schema` of an API says what else the model takes.',
    ...sections,
    '',
  ].join('\n');
}

function section(name: string, environment: PlannedEnvironment): string[] {
  const { place: { region, account }, endpoint: { kind } } = environment;
  const { body, contentType, accept, endpoint, endpointStack, stack, api } = callable(environment);
  const form = `-H ${quoted(`Content-Type: ${contentType}`)} -H ${quoted(`Accept: ${accept}`)} --data-binary ${quoted(body)}`;
  const output = (of: string, query: string) => `$(aws cloudformation describe-stacks --region "$REGION" --stack-name ${of} `
    + `--query "Stacks[0].Outputs[?${query}].OutputValue" --output text)`;
  const runtime = '"https://runtime.sagemaker.$REGION.amazonaws.com/endpoints/$ENDPOINT';
  return [
    '', `## ${name}`, '',
    `Account ${account ?? 'of your credentials'}, region ${region ?? 'of your credentials'}.`, '',
    '### The endpoint', '', '```sh',
    `REGION=${region ?? '"$(aws configure get region)"'}`,
    ...(endpoint === undefined ? [
      '# Each package has an endpoint of its own; this is the one that was deployed last.',
      `ENDPOINT="${output(endpointStack, 'OutputKey==\'EndpointName\'')}"`,
    ] : [`ENDPOINT=${endpoint}`]),
    ...(kind === EndpointKind.ASYNCHRONOUS ? [
      '# The request goes to S3, and so does the answer.',
      `printf %s ${quoted(body)} | aws s3 cp - "${uriOf(environment)}/input/mine"`,
      `curl ${signed('sagemaker')} -X POST ${runtime}/async-invocations" \\`,
      `  -H "X-Amzn-SageMaker-InputLocation: ${uriOf(environment)}/input/mine" -H ${quoted(
        `X-Amzn-SageMaker-Content-Type: ${contentType}`)} -H ${quoted(`X-Amzn-SageMaker-Accept: ${accept}`)}`,
    ] : [
      `curl ${signed('sagemaker')} ${runtime}/invocations" \\`, `  ${form}`,
    ]),
    '```',
    ...(api ? apiSection(api, form, output(stack, `Description=='${API_ADDRESS}'`), kind) : []),
  ];
}

function uriOf(environment: PlannedEnvironment): string {
  const { account, region } = environment.place;
  return asynchronousUri(environment).replace('{account}', account ?? '<account>').replace('{region}', region ?? '<region>');
}

function apiSection(
  { path, authorization, needsKey, isPrivate, domain }: NonNullable<Callable['api']>, form: string, address: string,
  kind: EndpointKind,
): string[] {
  const who = {
    [ApiAuthorization.IAM]: ` ${signed('execute-api')}`,
    [ApiAuthorization.JWT]: ' -H "Authorization: Bearer $TOKEN"',
    [ApiAuthorization.NONE]: '',
  }[authorization] + (needsKey ? ' -H "x-api-key: $API_KEY"' : '');
  return [
    '', '### The API', '',
    ...(isPrivate ? ['It is private: run this inside the VPC of its endpoint.', ''] : []),
    '```sh',
    `API="${domain === undefined ? address : `https://${domain}`}"`,
    ...(authorization === ApiAuthorization.JWT ? ['# TOKEN: an access token of the identity provider.'] : []),
    ...(needsKey ? ['# API_KEY: aws apigateway get-api-keys --include-values'] : []),
    `curl${who} "$API/version"`,
    `curl${who} "$API/schema"`,
    `curl${who} "$API/${path}" \\`, `  ${form}`,
    ...(kind === EndpointKind.ASYNCHRONOUS ? [
      '# 202 with a Location: ask there until the answer is there.', `curl${who} "$API/${path}/<id>"`,
    ] : []),
    '```',
  ];
}
