import { DELIVERIES } from './deliveries';
import { cleanUp, type Json, resources, templatesOf } from './synth';

afterAll(cleanUp);
const delivery = templatesOf(DELIVERIES.default)['churn-main-delivery'];
const pipelineOf = (template: typeof delivery, name: RegExp) => resources(template, 'AWS::CodePipeline::Pipeline').map(p => p.Properties).find(p => name.test(p.Name));
const variables = (project: Json): { [name: string]: unknown } =>
  Object.fromEntries(project.Environment.EnvironmentVariables.map((v: Json) => [v.Name, v.Value]));

describe('the build pipeline', () => {
  const pipeline = pipelineOf(delivery, /-build$/);
  const [project] = resources(delivery, 'AWS::CodeBuild::Project').map(p => p.Properties).filter(p => p.Name === 'churn-main-build');

  test('has a named source action and the repository\'s own buildspec', () => {
    expect(pipeline).toMatchObject({ PipelineType: 'V2' });
    expect(pipeline.Stages[0].Actions[0]).toMatchObject({ Name: 'Source', Configuration: { RepositoryName: 'churn', BranchName: 'main', PollForSourceChanges: 'false' } });
    expect(project.Source).toEqual({ Type: 'CODEPIPELINE', BuildSpec: 'buildspec.yml' });
  });
  test('gives the build every variable that it needs', () => {
    expect(Object.keys(variables(project)).sort()).toEqual([
      'ARTIFACT_BUCKET', 'ARTIFACT_BUCKET_KMS_KEY', 'ASSUME_ROLE_ARN', 'AWS_REGION', 'ENV_TYPE', 'MODEL_PACKAGE_GROUP_NAME', 'PIPELINE_PARAMETERS', 'PROJECT_NAME',
      'SAGEMAKER_PIPELINE_DESCRIPTION', 'SAGEMAKER_PIPELINE_NAME', 'SAGEMAKER_PIPELINE_ROLE_ARN', 'SAGEMAKER_PROCESSING_ROLE_ARN', 'SAGEMAKER_TRAINING_ROLE_ARN',
    ]);
    expect(variables(project)).toMatchObject({ ENV_TYPE: 'dev', MODEL_PACKAGE_GROUP_NAME: 'churn-main', PROJECT_NAME: 'churn', PIPELINE_PARAMETERS: '{}' });
  });
  test('is started by a push to exactly its branch', () => {
    const rule = resources(delivery, 'AWS::Events::Rule').map(r => r.Properties).find(r => r.Name === 'churn-main-commits');
    expect(rule.EventPattern.detail).toEqual({ event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: ['main'] });
  });
  test('passes commit and branch on', () => {
    const given = JSON.parse(pipeline.Stages[1].Actions[0].Configuration.EnvironmentVariables);
    expect(given.map((v: Json) => [v.name, v.value])).toEqual([['GIT_COMMIT', '#{Source.CommitId}'], ['GIT_BRANCH', '#{Source.BranchName}']]);
  });
});

describe('a group\'s own settings', () => {
  const dev = Object.entries(templatesOf(DELIVERIES.twoGroups)).find(([name]) => name.includes('-dev-delivery'))![1];

  test('reach its pipeline alone', () => {
    const project = resources(dev, 'AWS::CodeBuild::Project').map(p => p.Properties).find(p => p.Source.BuildSpec === 'buildspec.yml');
    expect(JSON.parse(variables(project).PIPELINE_PARAMETERS as string)).toEqual({ InputDataUrl: 's3://dev-data/churn', max_depth: 3 });
  });
  test('with a connection the pipeline\'s role may set ACLs of artifacts, which the source action does; with CodeCommit it may not', () => {
    const actions = (template: typeof dev) => JSON.stringify(resources(template, 'AWS::IAM::Role').filter(r => /buildpipeline/.test(r.Properties.RoleName)));
    expect(actions(dev)).toContain('s3:PutObjectAcl');
    expect(actions(delivery)).not.toContain('s3:PutObjectAcl');
  });
  test('a connection triggers the pipeline for its branch, but not for infrastructure or docs', () => {
    const { Triggers, Stages } = pipelineOf(dev, /-build/);
    expect(Stages[0].Actions[0]).toMatchObject({ Name: 'Source', ActionTypeId: { Provider: 'CodeStarSourceConnection' }, Configuration: { FullRepositoryId: 'team/churn', BranchName: 'feature/next' } });
    const [push] = Triggers[0].GitConfiguration.Push;
    expect(push.Branches).toEqual({ Includes: ['feature/next'] });
    expect(push.FilePaths.Excludes).toEqual(expect.arrayContaining(['infra/**', '*.md']));
    expect(push.FilePaths.Excludes.length).toBeLessThanOrEqual(8);
    expect(resources(dev, 'AWS::Events::Rule')).toHaveLength(1);
  });
});

describe('the deploy pipeline', () => {
  const pipeline = pipelineOf(delivery, /-deploy$/);
  const stage = (name: string) => pipeline.Stages.find((s: Json) => s.Name === name);
  const names = (name: string) => stage(name).Actions.sort((a: Json, b: Json) => a.RunOrder - b.RunOrder).map((a: Json) => a.Name);

  test('gets the package as a variable whose default is the sentinel, and starts again when it changes', () => {
    expect(pipeline).toMatchObject({
      PipelineType: 'V2', RestartExecutionOnUpdate: true, Variables: [{ Name: 'ModelPackageArn', DefaultValue: 'keep-live' }],
    });
  });
  test('lets no execution wait for another one\'s approval', () => {
    expect(pipeline.ExecutionMode).toBe('PARALLEL');
  });
  test('starts from the infrastructure code that it was deployed with', () => {
    const [infrastructure, tools] = stage('Source').Actions;
    expect(infrastructure).toMatchObject({ Name: 'Infrastructure', ActionTypeId: { Provider: 'S3' }, Configuration: { S3ObjectKey: expect.stringMatching(/^[0-9a-f]{64}\.zip$/), PollForSourceChanges: 'false' } });
    expect(tools.Name).toBe('Tools');
  });
  test('has one build before the first environment', () => {
    expect(pipeline.Stages.map((s: Json) => s.Name)).toEqual(['Source', 'Prepare', 'deploy-staging', 'deploy-prod']);
    expect(stage('Prepare').Actions).toHaveLength(1);
  });
  test('checks, changes and tests each environment, with an approval by hand and a second check before prod', () => {
    expect(names('deploy-staging')).toEqual(['Check', 'ChangeSet', 'Execute', 'SmokeTest']);
    expect(names('deploy-prod')).toEqual(['Check', 'Approve', 'CheckAgain', 'ChangeSet', 'Execute', 'SmokeTest']);
  });
  test('skips an environment that the preparation leaves alone', () => {
    const [condition] = stage('deploy-prod').BeforeEntry.Conditions;
    expect(condition).toMatchObject({ Result: 'SKIP', Rules: [{ RuleTypeId: { Provider: 'VariableCheck' }, Configuration: { Variable: '#{Prepare.ACTION_1}', Value: 'deploy', Operator: 'EQ' } }] });
  });
  test('makes and executes the same change set, one for each execution, with the environment\'s own roles', () => {
    const [change, execute] = ['ChangeSet', 'Execute'].map(n => stage('deploy-prod').Actions.find((a: Json) => a.Name === n));
    expect(change.Configuration).toMatchObject({
      ActionMode: 'CHANGE_SET_REPLACE', StackName: 'churn-main-prod-endpoint', ChangeSetName: 'deploy-#{codepipeline.PipelineExecutionId}',
      TemplatePath: 'Deployment::prod/template.json', TemplateConfiguration: 'Deployment::prod/configuration.json',
    });
    expect(execute.Configuration).toMatchObject({ ActionMode: 'CHANGE_SET_EXECUTE', ChangeSetName: change.Configuration.ChangeSetName });
    expect(JSON.stringify(change.RoleArn)).toContain('churn-main-prod-deploy');
    expect(JSON.stringify(change.Configuration.RoleArn)).toContain('churn-main-prod-cloudformation');
  });
  test('keeps every value of an action under the limit of 1,000 characters', () => {
    const values = pipeline.Stages.flatMap((s: Json) => s.Actions).flatMap((a: Json) => Object.values(a.Configuration));
    values.forEach((v: Json) => expect(JSON.stringify(v).length).toBeLessThan(1000));
  });
  test('hands over only the files of the infrastructure, and every environment as a target', () => {
    const projects = resources(delivery, 'AWS::CodeBuild::Project').map(p => p.Properties);
    const prepare = JSON.parse(projects.find(p => p.Name === 'churn-main-prepare').Source.BuildSpec);
    expect(prepare.phases.install.commands).toEqual(['npm ci']);
    expect(prepare.phases.build.commands[0]).toBe('npx cdk synth --quiet');
    expect(prepare.env['exported-variables']).toEqual(['ACTION_0', 'ACTION_1']);
  });
});
