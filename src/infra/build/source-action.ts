import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { DeliverySource } from '../../delivery/delivery';
import { SourceType } from '../../options/source';

/** Changes that have nothing to do with the model; a filter takes at most 8 patterns. */
const NOT_THE_MODEL = ['infra/**', 'docs/**', '*.md', 'cdk.json', '.github/**'];

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

/** Connections start the pipeline themselves, and only for changes that can change the model. */
export function sourceTriggers(source: DeliverySource, branch: string): CfnPipeline.PipelineTriggerDeclarationProperty[] | undefined {
  if (source.type === SourceType.CODECOMMIT) { return undefined; }
  return [{
    providerType: 'CodeStarSourceConnection',
    gitConfiguration: { sourceActionName: 'Source', push: [{ branches: { includes: [branch] }, filePaths: { excludes: NOT_THE_MODEL } }] },
  }];
}
