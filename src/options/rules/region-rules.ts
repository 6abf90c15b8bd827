import { buildPlaces, deployPlaces, environments } from './environments';
import { DeliveryEngine } from '../delivery-engine';
import { showValue } from '../engine/option-error';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { FRAMEWORKS } from '../knowledge/frameworks';
import { HOSTS } from '../knowledge/hosts';
import { REGION_DATA_DATE, type RegionalService } from '../knowledge/region-services';
import {
  canDeliverTo, DELIVERY_REGIONS, isKnownRegion, isRegionSpelling, lackedBy, nearestRegion,
  type Need, partitionOf, regionsWith,
} from '../knowledge/regions';
import { createsRepository } from '../knowledge/repository-name';
import type { Filled } from '../schemas/filled';
import type { SourceOptions } from '../source';

type Source = Filled<'SourceOptions', SourceOptions>;

/** Texts that may be missing, as rules read them. */
type Texts = ReadonlyArray<string | undefined>;

const regionPaths = (options: unknown): string[] =>
  ['tooling', ...environments(options)].map(place => `${place}.region`);

function nameRules(options: unknown, check: (region: string) => string | undefined): Rule[] {
  return regionPaths(options).map(path => rule<[string?]>([path], region => {
    const allowed = region === undefined ? undefined : check(region);
    if (region === undefined || allowed === undefined) { return []; }
    const near = nearestRegion(region);
    return [problem(path, region, allowed, near ? `Did you mean ${showValue(near)}?` : 'Choose another region.')];
  }));
}

/** A region's name that cannot be one, such as eu-wset-1; one that is newer than this package passes. */
export const regionSpellingRules: RuleFamily = options => nameRules(options, region => (
  isRegionSpelling(region) ? undefined : 'the name of a region, for example "eu-west-1"'));

/**
 * Models are trained and served in SageMaker's own image of the framework; of a region that is newer than this package
 * nothing is known.
 */
export const containerRegionRules: RuleFamily = options => nameRules(options, region => (
  isKnownRegion(region)
    ? undefined
    : `a region with SageMaker's images of the framework: ${DELIVERY_REGIONS.join(', ')}`));

/**
 * Pipelines, and everything that they deploy. A promotion alone (`ModelPackagePromotePipeline`) has no such actions and
 * no such rule.
 */
export const deliverableRegionRules: RuleFamily = options => regionPaths(options).map(path =>
  rule<[string?]>([path], region => (region === undefined || canDeliverTo(region) ? [] : [problem(
    path, region, 'a region outside China', 'CodePipeline cannot deploy CloudFormation stacks in China: choose '
      + 'another region. Only a promotion works there (infra.ModelPackagePromotePipeline).',
  )])));

const NAMES: { readonly [need in Need]: string } = {
  codePipeline: 'CodePipeline', codeBuild: 'CodeBuild', codeCommit: 'CodeCommit',
  codeCommitCreate: 'CodeCommit repositories in CloudFormation', codeConnections: 'CodeConnections',
  modelRegistry: 'SageMaker\'s model package groups in CloudFormation',
  endpoints: 'SageMaker\'s models and endpoints in CloudFormation', functionUrls: 'URLs of Lambda functions',
  chat: 'Amazon Q Developer in chat applications in CloudFormation', images: 'SageMaker\'s images of the framework',
  httpApis: 'HTTP APIs of API Gateway in CloudFormation', restApis: 'REST APIs of API Gateway in CloudFormation',
};

/** What a repository needs of the region of the pipelines, and what to do where that is not there. */
function needsOf(path: string, source: Source): readonly [RegionalService[], string] {
  if (!HOSTS[source.type].inAws) {
    return [['codeConnections'], ''];
  }
  return createsRepository(source)
    ? [['codeCommit', 'codeCommitCreate'], `Or create the repository manually and set ${path}.create to false.`]
    : [['codeCommit'], ''];
}

/** What else is known of a region that is asked for. */
interface Around {
  /** What to do where the region lacks nothing but a repository's creation. */
  readonly advice?: string;
  /** Regions with an image of the framework. */
  readonly images?: readonly string[];
}

/** A region that is there, and lacks something that must be in it. */
export function lacking(
  path: string, region: string | undefined, needs: readonly Need[], { advice = '', images }: Around = {},
): ReturnType<Rule['check']> {
  if (region === undefined || !canDeliverTo(region)) { return []; }
  const lacks = lackedBy(region, needs, images);
  if (lacks.length === 0) { return []; }
  // Creating is only worth a word where the service itself is there.
  const told = lacks.filter(service => service !== 'codeCommitCreate' || !lacks.includes('codeCommit'));
  const others = regionsWith(needs, images).filter(other => partitionOf(other) === partitionOf(region)
    && canDeliverTo(other));
  const onlyCreation = lacks.length === 1 && lacks[0] === 'codeCommitCreate';
  return [problem(
    path, region, `a region with ${told.map(service => NAMES[service]).join(' and ')}, which ${region} does not have `
      + `(as of ${REGION_DATA_DATE})`,
    [
      others.length > 0 ? `Choose one of ${others.join(', ')}.` : 'No region of its partition has all of them.',
      onlyCreation ? advice : '',
    ].filter(Boolean).join(' '),
  )];
}

/**
 * The pipelines need their services and the source's where they run. Workflows run elsewhere; what returns endpoints and
 * records failures is CodeBuild's with them, too.
 */
export const pipelineRegionRules: RuleFamily = () => [
  rule<[DeliveryEngine, string | undefined, Source]>(['engine.type', 'tooling.region', 'source'], (
    engine, region, source,
  ) => {
    if (engine !== DeliveryEngine.CODEPIPELINE) { return lacking('tooling.region', region, ['codeBuild']); }
    const [services, advice] = needsOf('source', source);
    return lacking('tooling.region', region, ['codePipeline', 'codeBuild', ...services], { advice });
  }),
  rule<[DeliveryEngine, string | undefined, boolean, Source?]>(
    ['engine.type', 'tooling.region', 'infrastructure.pipeline', 'infrastructure.source'],
    (engine, region, pipeline, source) => {
      if (engine !== DeliveryEngine.CODEPIPELINE || !pipeline || source === undefined) { return []; }
      const [services, advice] = needsOf('infrastructure.source', source);
      return lacking('tooling.region', region, services, { advice });
    },
  ),
];

/** What Jira calls, and channels of chat applications, are where the pipelines are. */
export const toolingExtraRegionRules: RuleFamily = () => [
  rule<[string?, object?]>(['tooling.region', 'governance.jira'], (region, jira) => (
    jira === undefined ? [] : lacking('tooling.region', region, ['functionUrls']))),
  rule<[string?, object?]>(['tooling.region', 'notifications.chat'], (region, chat) => (
    chat === undefined ? [] : lacking('tooling.region', region, ['chat']))),
];

/**
 * Models need their services where they are built and served, and so does each region that says so for others. The
 * registry is where the build is, and with a copy of the package wherever else it is served; what is registered is
 * sealed by CodeBuild. Whether an image is the framework's, only a project knows.
 */
export const modelRegionRules: RuleFamily = options => {
  const uses: ReadonlyArray<{ readonly places: readonly string[]; readonly needs: readonly Need[] }> = [
    ...buildPlaces(options).map(place => ({ ...place, needs: ['modelRegistry', 'codeBuild', 'images'] as const })),
    ...deployPlaces(options).map(place => ({ ...place, needs: ['modelRegistry', 'endpoints', 'images'] as const })),
  ];
  return regionPaths(options).map(path => {
    const nearer = ({ places }: { readonly places: readonly string[] }): string[] | undefined => {
      const paths = places.map(place => `${place}.region`);
      return paths.includes(path) ? paths.slice(0, paths.indexOf(path)) : undefined;
    };
    const asked = uses.flatMap(use => {
      const before = nearer(use);
      return before ? [{ before, needs: use.needs }] : [];
    });
    const others = [...new Set(asked.flatMap(({ before }) => before))];
    return rule<Texts>(['framework', path, ...others], (framework, region, ...found) => {
      const given = new Set(others.filter((_, i) => found[i] !== undefined));
      const here = asked.filter(({ before }) => !before.some(other => given.has(other)));
      const images = framework === undefined ? undefined : FRAMEWORKS[framework].image.regions;
      return lacking(path, region, [...new Set(here.flatMap(({ needs }) => needs))], { images });
    });
  });
};
