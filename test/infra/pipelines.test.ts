import { SourceType } from '../../src/options/source';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const delivery = templatesOf(DELIVERIES.default)['churn-main-delivery'];
const pipelineOf = (template: typeof delivery, name: RegExp) =>
  resources(template, 'AWS::CodePipeline::Pipeline').map(p => p.Properties).find(p => name.test(p.Name));
const variables = (project: Json): { [name: string]: unknown } =>
  Object.fromEntries(project.Environment.EnvironmentVariables.map((v: Json) => [v.Name, v.Value]));

describe('the build pipeline', () => {
  const pipeline = pipelineOf(delivery, /-build$/);
  const [
    project,
  ] = resources(delivery, 'AWS::CodeBuild::Project').map(p => p.Properties).filter(p => p.Name === 'churn-main-build');

  test('has a named source action and the repository\'s own buildspec', () => {
    expect(pipeline).toMatchObject({ PipelineType: 'V2' });
    expect(pipeline.Stages[0].Actions[0]).toMatchObject({
      Name: 'Source', Configuration: { RepositoryName: 'churn', BranchName: 'main', PollForSourceChanges: 'false' },
    });
    expect(project.Source).toEqual({ Type: 'CODEPIPELINE', BuildSpec: 'buildspec.yml' });
  });
  test('gives the build every variable that it needs', () => {
    expect(Object.keys(variables(project)).sort()).toEqual([
      'ARTIFACT_BUCKET', 'ARTIFACT_BUCKET_KMS_KEY', 'ASSUME_ROLE_ARN', 'AWS_REGION', 'ENV_TYPE',
      'MODEL_PACKAGE_GROUP_NAME', 'PIPELINE_PARAMETERS', 'PROJECT_NAME',
      'SAGEMAKER_PIPELINE_DESCRIPTION', 'SAGEMAKER_PIPELINE_NAME', 'SAGEMAKER_PIPELINE_ROLE_ARN',
      'SAGEMAKER_PROCESSING_ROLE_ARN', 'SAGEMAKER_TRAINING_ROLE_ARN',
    ]);
    expect(variables(project)).toMatchObject({
      ENV_TYPE: 'dev', MODEL_PACKAGE_GROUP_NAME: 'churn-main', PROJECT_NAME: 'churn', PIPELINE_PARAMETERS: '{}',
    });
  });
  test('is started by a push to exactly its branch', () => {
    const rule = resources(delivery, 'AWS::Events::Rule').map(r =>
      r.Properties).find(r => r.Name === 'churn-main-commits');
    expect(rule.EventPattern.detail).toEqual({
      event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: ['main'],
    });
  });
  test('passes commit and branch on', () => {
    const given = JSON.parse(pipeline.Stages[1].Actions[0].Configuration.EnvironmentVariables);
    expect(given.map((v: Json) =>
      [v.name, v.value])).toEqual([
      ['GIT_COMMIT', '#{Source.CommitId}'], ['GIT_BRANCH', '#{Source.BranchName}'],
      ['RETRAINING_REASON', '#{variables.RetrainingReason}'],
    ]);
  });
});

describe('a group\'s own settings', () => {
  const dev = Object.entries(templatesOf(DELIVERIES.twoGroups)).find(([name]) => name.includes('-dev-delivery'))![1];

  test('reach its pipeline alone', () => {
    const project = resources(dev, 'AWS::CodeBuild::Project').map(p =>
      p.Properties).find(p => p.Source.BuildSpec === 'buildspec.yml');
    expect(JSON.parse(variables(project).PIPELINE_PARAMETERS as string)).toEqual({
      InputDataUrl: 's3://dev-data/churn', max_depth: 3,
    });
  });
  test('with a connection the pipeline\'s role may set ACLs of artifacts, which the source action does; with '
    + 'CodeCommit it may not', () => {
    const actions = (template: typeof dev) =>
      JSON.stringify(resources(template, 'AWS::IAM::Role').filter(r => /buildpipeline/.test(r.Properties.RoleName)));
    expect(actions(dev)).toContain('s3:PutObjectAcl');
    expect(actions(delivery)).not.toContain('s3:PutObjectAcl');
  });
  test('a connection triggers the pipeline for its branch, but not for infrastructure or docs', () => {
    const { Triggers, Stages } = pipelineOf(dev, /-build/);
    expect(Stages[0].Actions[0]).toMatchObject({
      Name: 'Source', ActionTypeId: { Provider: 'CodeStarSourceConnection' },
      Configuration: { FullRepositoryId: 'team/churn', BranchName: 'feature/next' },
    });
    const [push] = Triggers[0].GitConfiguration.Push;
    expect(push.Branches).toEqual({ Includes: ['feature/next'] });
    expect(push.FilePaths.Excludes).toEqual([
      'infra/**', 'docs/**', '.github/**', 'cdk.json', 'README.md', '**/README.md', 'CHANGELOG.md', 'AGENTS.md',
    ]);
    expect(resources(dev, 'AWS::Events::Rule').filter(r => /commits/.test(r.Properties.Name))).toEqual([]);
    expect(resources(dev, 'AWS::StepFunctions::StateMachine')).toHaveLength(1);
  });
});

const CONNECTED = [
  SourceType.GITHUB, SourceType.GITHUB_ENTERPRISE, SourceType.GITLAB, SourceType.GITLAB_SELF_MANAGED,
  SourceType.BITBUCKET,
];

test.each(CONNECTED)('with %s every pipeline that builds a commit fetches it through the connection, and is triggered '
  + 'for the paths that concern it', type => {
  const connectionArn =
    'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';
  const stacks = templatesOf({
    name: 'churn', endpoint: { smokeTest: { body: '1' } }, deploymentGroups: [{ name: 'main' }],
    source: { type, repository: 'team/churn', connectionArn },
  });
  const all = Object.values(stacks).flatMap(stack =>
    resources(stack, 'AWS::CodePipeline::Pipeline').map(p => p.Properties));
  const triggers = Object.fromEntries(all.filter(p => p.Triggers).map(p => [p.Name, p.Triggers[0].GitConfiguration]));
  expect(Object.keys(triggers).sort()).toEqual(['churn-infrastructure', 'churn-main-build']);
  expect(triggers['churn-main-build'].Push[0].FilePaths.Excludes).toContain('infra/**');
  expect(triggers['churn-infrastructure'].Push[0].FilePaths.Includes).toContain('infra/**');
  for (const { Name, Stages } of all.filter(p => p.Name !== 'churn-main-deploy')) {
    expect([Name, Stages[0].Actions[0]]).toEqual([Name, expect.objectContaining({
      Name: 'Source',
      ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'CodeStarSourceConnection', Version: '1' },
      Configuration: expect.objectContaining({
        ConnectionArn: connectionArn, FullRepositoryId: 'team/churn', BranchName: 'main',
      }),
    })]);
  }
  expect(Object.values(stacks).flatMap(stack => resources(stack, 'AWS::StepFunctions::StateMachine')).map(m =>
    m.Properties.StateMachineName)).toEqual(['churn-main-gate']);
});
