import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { branchFilter, type ChangedPaths } from './changed-paths';
import { HOSTS } from '../../options/knowledge/hosts';
import { triggerPatterns } from '../../options/knowledge/infrastructure-paths';
import type { DeliverySource } from '../../plan/settings';

/** The action that fetches a commit, named "Source" with the artifact and the variables "Source". */
export function sourceAction(source: DeliverySource, branch: string): CfnPipeline.ActionDeclarationProperty {
  const common = { name: 'Source', namespace: 'Source', outputArtifacts: [{ name: 'Source' }], runOrder: 1 };
  if (HOSTS[source.type].inAws) {
    return {
      ...common,
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
      // The commit rule starts the pipeline, so nothing needs to poll.
      configuration: {
        RepositoryName: source.repository,
        BranchName: branch,
        PollForSourceChanges: 'false',
        OutputArtifactFormat: 'CODE_ZIP',
      },
    };
  }
  return {
    ...common,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
    configuration: {
      ConnectionArn: source.connectionArn,
      FullRepositoryId: source.repository,
      BranchName: branch,
      OutputArtifactFormat: 'CODE_ZIP',
      DetectChanges: 'false',
    },
  };
}

/** Connections start the pipeline themselves, and only for changes that count; CodeCommit needs a commit gate. */
export function sourceTriggers(
  source: DeliverySource, branch: string, { ignored = [], only = [] }: ChangedPaths,
): CfnPipeline.PipelineTriggerDeclarationProperty[] | undefined {
  if (HOSTS[source.type].inAws) { return undefined; }
  const filePaths = only.length > 0 ? { includes: triggerPatterns(only) } : { excludes: triggerPatterns(ignored) };
  return [{
    providerType: 'CodeStarSourceConnection',
    gitConfiguration: {
      sourceActionName: 'Source',
      push: [{
        branches: { includes: [branchFilter(branch)] },
        ...(only.length + ignored.length > 0 ? { filePaths } : {}),
      }],
    },
  }];
}
