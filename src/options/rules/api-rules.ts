import { deployPlaces, type PlacePaths } from './environments';
import { lacking } from './region-rules';
import { type ApiOptions, ApiType } from '../api';
import { EndpointKind } from '../endpoint';
import { showValue } from '../engine/option-error';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';

/** What an API uses by its ARN, and whether it must be in the environment's account too. */
const NAMED = [
  {
    option: 'domain.certificateArn', of: (api: ApiOptions) => api.domain?.certificateArn, isOwn: true,
    what: 'a certificate',
  },
  { option: 'rest.webAclArn', of: (api: ApiOptions) => api.rest?.webAclArn, isOwn: true, what: 'a web ACL' },
  { option: 'tracingLayerArn', of: (api: ApiOptions) => api.tracingLayerArn, isOwn: false, what: 'a layer' },
] as const;

type Values = readonly unknown[];

/** Where an environment's API is said: its own replaces the project's as a whole; the kind "batch" has none. */
function apiAt(path: string): { readonly reads: string[]; readonly find: (values: Values) => Found | undefined } {
  const own = path.includes('.deployEnvironments') ? [`${path}.endpoint`] : [];
  const structs = [...own, 'endpoint'];
  return {
    reads: [...structs.map(struct => `${struct}.api`), ...structs.map(struct => `${struct}.kind`)],
    find: values => {
      const i = structs.findIndex((_, at) => values[at] !== undefined);
      const kind = values.slice(structs.length, structs.length * 2).find(value => value !== undefined);
      return i < 0 || kind === EndpointKind.BATCH ? undefined
        : { api: values[i] as ApiOptions, path: `${structs[i]}.api` };
    },
  };
}

interface Found {
  readonly api: ApiOptions;
  readonly path: string;
}

/** What an API needs of its environment's account and region, and what no two APIs share. */
export const apiRules: RuleFamily = options => [...deployPlaces(options).map(placeRule), domainRule(options)];

function placeRule({ path, places }: PlacePaths): Rule {
  const { reads, find } = apiAt(path);
  const fields = (field: string) => places.map(place => `${place}.${field}`);
  const regions = fields('region');
  const accounts = fields('account');
  return rule<Values>([...reads, ...regions, ...accounts], (...values) => {
    const found = find(values);
    if (!found) { return []; }
    const first = (from: number) => values.slice(from, from + places.length).find(v => v !== undefined);
    const region = first(reads.length) as string | undefined;
    const account = first(reads.length + regions.length) as string | undefined;
    const asked = NAMED.flatMap(({ option, of, isOwn, what }) => {
      const arn = of(found.api);
      const [, , , inRegion, inAccount] = arn?.split(':') ?? [];
      const wrong = [
        region !== undefined && inRegion !== region ? `in ${region}` : '',
        isOwn && account !== undefined && inAccount !== account ? `in the account ${account}` : '',
      ].filter(Boolean);
      return arn === undefined || wrong.length === 0 ? [] : [problem(
        `${found.path}.${option}`, arn, `${what} ${wrong.join(' and ')}, where ${path} is`,
        'Give the ARN of one that is there, or give the environment an endpoint.api of its own.',
      )];
    });
    const missing = region === undefined ? []
      : lacking(
        regions[values.slice(reads.length).findIndex(value => value !== undefined)], region,
        [found.api.type === ApiType.REST ? 'restApis' : 'httpApis'],
      );
    return [...asked, ...missing];
  });
}

/** A name leads to one API. */
function domainRule(options: unknown): Rule {
  const places = deployPlaces(options).map(({ path }) => ({ path, ...apiAt(path) }));
  return rule<Values>(places.flatMap(({ reads }) => reads), (...values) => {
    const found = places.map(({ path, reads, find }, i) => {
      const from = places.slice(0, i).reduce((sum, other) => sum + other.reads.length, 0);
      return { environment: path, found: find(values.slice(from, from + reads.length)) };
    });
    return found.flatMap(({ environment, found: one }, i) => {
      const name = one?.api.domain?.name;
      const other = name === undefined ? -1 : found.findIndex(({ found: f }) => f?.api.domain?.name === name);
      return one === undefined || other < 0 || other === i ? [] : [problem(
        `${one.path}.domain.name`, name, `a name of one API; ${found[other].environment} has ${showValue(name)} too`,
        `Give ${environment} an endpoint.api of its own, with another domain or none.`,
      )];
    });
  });
}
