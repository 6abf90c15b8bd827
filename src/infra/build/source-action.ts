import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { type ChangedPaths, escapeGlob, toGlob } from './changed-paths';
import type { DeliverySource } from '../../delivery/delivery';
import { SourceType } from '../../options/source';

/** A filter takes 8 patterns, a trigger 3 filters, of which one has to match (CodePipeline API reference, GitFilePathFilterCriteria and GitConfiguration). */
const PATTERNS = 8;
const FILTERS = 3;

/** The action that fetches a commit, named "Source" with the artifact and the variables "Source". */
export function sourceAction(source: DeliverySource, branch: string): CfnPipeline.ActionDeclarationProperty {
  const common = { name: 'Source', namespace: 'Source', outputArtifacts: [{ name: 'Source' }], runOrder: 1 };
  if (source.type === SourceType.CODECOMMIT) {
    return {
      ...common,
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
      // The commit rule starts the pipeline, so nothing needs to poll.
      configuration: { RepositoryName: source.repository, BranchName: branch, PollForSourceChanges: 'false', OutputArtifactFormat: 'CODE_ZIP' },
    };
  }
  return {
    ...common,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
    configuration: {
      ConnectionArn: source.connectionArn, FullRepositoryId: source.repository, BranchName: branch, OutputArtifactFormat: 'CODE_ZIP', DetectChanges: 'false',
    },
  };
}

/**
 * Connections start the pipeline themselves, and only for changes that count; CodeCommit needs a commit gate.
 *
 * More patterns than the filters of a trigger take are no filter at all: the pipeline then starts for every commit.
 */
export function sourceTriggers(
  source: DeliverySource, branch: string, paths: ChangedPaths,
): CfnPipeline.PipelineTriggerDeclarationProperty[] | undefined {
  if (source.type === SourceType.CODECOMMIT) { return undefined; }
  const branches = { includes: [escapeGlob(branch)] };
  const push = pathFilters(paths).map(filePaths => ({ branches, filePaths }));
  return [{
    providerType: 'CodeStarSourceConnection',
    gitConfiguration: { sourceActionName: 'Source', push: push.length > 0 ? push : [{ branches }] },
  }];
}

function pathFilters({ ignored, only }: ChangedPaths): CfnPipeline.GitFilePathFilterCriteriaProperty[] {
  if (only) {
    const globs = only.map(toGlob);
    const filters = Math.ceil(globs.length / PATTERNS);
    return filters > FILTERS ? [] : Array.from({ length: filters }, (_, i) => ({ includes: globs.slice(i * PATTERNS, (i + 1) * PATTERNS) }));
  }
  return ignored && ignored.length > 0 && ignored.length <= PATTERNS ? [{ excludes: ignored.map(toGlob) }] : [];
}
