import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { ACCOUNTS, SEVERAL_PLACES } from '../../testing/deliveries/places';
import { cleanUp, type Json, resources, stacksOf, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

type Templates = ReturnType<typeof templatesOf>;
const deployOf = (templates: Templates, stack = 'churn-main-delivery') =>
  resources(templates[stack], 'AWS::CodePipeline::Pipeline').map(p => p.Properties).find(p => /-deploy/.test(p.Name));
const stageOf = (pipeline: Json, name: string) => pipeline.Stages.find((s: Json) => s.Name === name);
const ordered = (stage: Json): Array<[number, string]> => stage.Actions.map((a: Json) => [a.RunOrder, a.Name]).sort();
const actionsOf = (pipeline: Json): Json[] => pipeline.Stages.flatMap((s: Json) => s.Actions);
const roleNamed = (templates: Templates, stack: string, name: string) =>
  resources(templates[stack], 'AWS::IAM::Role').map(r => r.Properties).find(r => r.RoleName === name);

describe('in one account', () => {
  const templates = templatesOf(DELIVERIES.default);
  const pipeline = deployOf(templates);
  const stage = (name: string) => stageOf(pipeline, name);

  test('gets the package as a variable whose default is the sentinel, and starts again when it changes', () => {
    expect(pipeline).toMatchObject({
      PipelineType: 'V2', RestartExecutionOnUpdate: true,
      Variables: [
        { Name: 'ModelPackageArn', DefaultValue: 'keep-live' }, { Name: 'RetryIn', DefaultValue: 'none' },
        { Name: 'RollBackIn', DefaultValue: 'none' },
      ],
    });
  });
  test('lets no execution wait for another one\'s approval', () => {
    expect(pipeline.ExecutionMode).toBe('PARALLEL');
  });
  test('starts from the infrastructure code that it was deployed with', () => {
    const [infrastructure, tools] = stage('Source').Actions;
    expect(infrastructure).toMatchObject({
      Name: 'Infrastructure', ActionTypeId: { Provider: 'S3' }, Configuration: {
        S3ObjectKey: expect.stringMatching(/^[0-9a-f]{64}\.zip$/), PollForSourceChanges: 'false',
      },
    });
    expect(tools.Name).toBe('Tools');
  });
  test('has one build before the first environment', () => {
    expect(pipeline.Stages.map((s: Json) => s.Name)).toEqual([
      'Source', 'RollBack', 'Prepare', 'deploy-staging', 'deploy-prod',
    ]);
    expect(stage('Prepare').Actions).toHaveLength(1);
  });
  test('returns endpoints before anything else is done, and only where a person asked for it', () => {
    expect(stage('RollBack')).toMatchObject({
      BeforeEntry: {
        Conditions: [{
          Result: 'SKIP', Rules: [{
            RuleTypeId: { Provider: 'VariableCheck' },
            Configuration: { Variable: '#{variables.RollBackIn}', Operator: 'NE', Value: 'none' },
          }],
        }],
      },
      Actions: [{ ActionTypeId: { Provider: 'CodeBuild' }, InputArtifacts: [{ Name: 'Tools' }] }],
    });
  });
  test('has exactly the failed executions of change sets recorded', () => {
    const rule = resources(templates['churn-main-delivery'], 'AWS::Events::Rule').map(r => r.Properties)
      .find(r => r.Name === 'churn-main-record');
    expect(rule.EventPattern).toMatchObject({
      'source': ['aws.codepipeline'], 'detail-type': ['CodePipeline Action Execution State Change'],
      'detail': {
        pipeline: ['churn-main-deploy'], state: ['FAILED'], action: ['execute-staging', 'execute-prod'],
      },
    });
    expect(rule.Targets).toMatchObject([{
      Arn: { 'Fn::GetAtt': [expect.stringContaining('Recording'), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringContaining('Undelivered'), 'Arn'] } },
    }]);
  });
  test('has exactly its own endpoints compared with what was deployed when they serve after a change', () => {
    const rule = resources(templates['churn-main-delivery'], 'AWS::Events::Rule').map(r => r.Properties)
      .find(r => r.Name === 'churn-main-serving');
    expect(rule.EventBusName).toBe('churn-events');
    expect(rule.EventPattern).toMatchObject({
      'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Endpoint State Change'],
      'detail': { EndpointName: ['churn-main-staging', 'churn-main-prod'], EndpointStatus: ['IN_SERVICE'] },
    });
    expect(rule.EventPattern.account).toHaveLength(1);
    expect(rule.Targets[0].InputTransformer).toEqual({
      InputPathsMap: { ENDPOINT_ARN: '$.detail.EndpointArn' },
      InputTemplate: '{"environmentVariablesOverride":['
        + '{"name":"ENDPOINT_ARN","type":"PLAINTEXT","value":<ENDPOINT_ARN>}]}',
    });
  });
  test('keeps its records of what was rolled back for ever', () => {
    const bucket = resources(templates['churn-main-delivery'], 'AWS::S3::Bucket').find(({ Properties: p }) =>
      JSON.stringify(p.BucketName ?? '').includes('churn-main-records'))!;
    expect(bucket).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate', Properties: { VersioningConfiguration: { Status: 'Enabled' } },
    });
    const { Rules: rules } = bucket.Properties.LifecycleConfiguration;
    expect(rules.map((rule: Json) => rule.ExpirationInDays)).toEqual([undefined]);
  });
  test('checks, changes and tests each environment, with a manual approval and a second check before prod', () => {
    expect(ordered(stage('deploy-staging'))).toEqual([
      [1, 'check-staging'], [4, 'changeset-staging'], [5, 'execute-staging'], [7, 'smoketest-staging'],
    ]);
    expect(ordered(stage('deploy-prod'))).toEqual([
      [1, 'check-prod'], [2, 'approve-prod'], [3, 'checkagain-prod'], [4, 'changeset-prod'], [5, 'execute-prod'],
      [5, 'probe-prod'], [7, 'smoketest-prod'],
    ]);
  });
  test('skips a stage that the preparation leaves alone', () => {
    const [condition] = stage('deploy-prod').BeforeEntry.Conditions;
    expect(condition).toMatchObject({
      Result: 'SKIP', Rules: [{
        RuleTypeId: { Provider: 'VariableCheck' },
        Configuration: { Variable: '#{Prepare.ACTION_1}', Value: 'deploy', Operator: 'EQ' },
      }],
    });
  });
  test('makes and executes the same change set, one for each execution, with the environment\'s own roles', () => {
    const [
      change, execute,
    ] = ['changeset-prod', 'execute-prod'].map(n => stage('deploy-prod').Actions.find((a: Json) => a.Name === n));
    expect(change.Configuration).toMatchObject({
      ActionMode: 'CHANGE_SET_REPLACE', StackName: 'churn-main-prod-endpoint',
      ChangeSetName: 'deploy-#{codepipeline.PipelineExecutionId}',
      TemplatePath: 'Deployment::prod/template.json', TemplateConfiguration: 'Deployment::prod/configuration.json',
    });
    expect(execute.Configuration).toMatchObject({
      ActionMode: 'CHANGE_SET_EXECUTE', ChangeSetName: change.Configuration.ChangeSetName,
    });
    for (const action of [change, execute]) {
      expect(JSON.stringify(action.RoleArn)).toContain('churn-main-prod-deploy');
      expect(JSON.stringify(action.Configuration.RoleArn)).toContain('churn-main-prod-cloudformation');
      expect(action.Region).toBeUndefined();
    }
  });
  test('announces a waiting approval on the delivery\'s topic, with what is about to be deployed', () => {
    const approve = stage('deploy-prod').Actions.find((a: Json) => a.ActionTypeId.Category === 'Approval');
    const check = stage('deploy-prod').Actions.find((a: Json) => a.Name === 'check-prod');
    expect(approve.Configuration.CustomData).toBe(`Deploy to prod? #{${check.Namespace}.SUMMARY}`);
    expect(JSON.stringify(approve.Configuration.NotificationArn)).toContain(':churn-notifications');
    const may = JSON.stringify(roleNamed(templates, 'churn-main-delivery', 'churn-main-deploypipeline').Policies);
    expect(may).toContain('"sns:Publish"');
  });
  test('people may answer exactly the approvals that there are, and start it', () => {
    const { Policies } = roleNamed(templates, 'churn-main-delivery', 'churn-main-releaser');
    expect(JSON.stringify(Policies)).toContain('churn-main-deploy/deploy-prod/approve-prod"');
    expect(JSON.stringify(Policies)).not.toContain('deploy-staging');
    expect(JSON.stringify(Policies)).toContain('"codepipeline:StartPipelineExecution"');
  });
  test('keeps its artifacts in one place, and waits no longer than the registry of one region and a bake of ten '
    + 'minutes need', () => {
    expect(pipeline.ArtifactStores).toBeUndefined();
    expect(pipeline.ArtifactStore).toMatchObject({ Type: 'S3', EncryptionKey: { Type: 'KMS' } });
    const project = resources(templates['churn-main-delivery'], 'AWS::CodeBuild::Project').map(p =>
      p.Properties).find(p => p.Name === 'churn-main-prepare');
    expect(project.TimeoutInMinutes).toBe(70);
  });
  test('hands over only the files of the infrastructure, and a variable for each wave', () => {
    const projects = resources(templates['churn-main-delivery'], 'AWS::CodeBuild::Project').map(p => p.Properties);
    const prepare = JSON.parse(projects.find(p => p.Name === 'churn-main-prepare').Source.BuildSpec);
    expect(prepare.phases.install.commands).toEqual(['npm ci']);
    expect(prepare.phases.build.commands[0]).toBe('npx cdk synth --quiet');
    expect(prepare.env['exported-variables']).toEqual(['ACTION_0', 'ACTION_1']);
  });
});

describe('over accounts, regions and waves', () => {
  const { app, stacks } = stacksOf(SEVERAL_PLACES);
  const assembly = app.synth().directory;
  const templates = templatesOf(SEVERAL_PLACES);
  const pipeline = deployOf(templates);
  const [preprod, prod] = pipeline.Stages.slice(3);
  const toolsAsset = fs.readdirSync(assembly).find(f => fs.existsSync(path.join(assembly, f, 'targets.json')))!;
  const targets = JSON.parse(fs.readFileSync(path.join(assembly, toolsAsset, 'targets.json'), 'utf-8'));

  test('has a stage for each wave, whose environments go side by side', () => {
    expect(pipeline.Stages).toHaveLength(5);
    expect(ordered(preprod).map(([order]) => order)).toEqual([1, 4, 5, 7]);
    expect(ordered(prod).map(([order, name]) => `${order} ${name.split('-')[0]}`)).toEqual([
      '1 check', '1 check', '2 approve', '3 checkagain', '3 checkagain', '4 changeset', '4 changeset', '5 execute',
      '5 execute', '5 probe', '5 probe', '7 smoketest', '7 smoketest',
    ]);
    expect(prod.BeforeEntry.Conditions[0].Rules[0].Configuration.Variable).toBe('#{Prepare.ACTION_1}');
  });
  test('names each action once in its stage, and each namespace once in the pipeline', () => {
    for (const { Actions } of pipeline.Stages) {
      expect(new Set(Actions.map((a: Json) => a.Name)).size).toBe(Actions.length);
    }
    const namespaces = actionsOf(pipeline).map(a => a.Namespace).filter(Boolean);
    expect(new Set(namespaces).size).toBe(namespaces.length);
    namespaces.forEach(n => expect(n).toMatch(/^[A-Za-z0-9@\-_]{1,100}$/));
  });
  test('an approval shows the check of its own environment', () => {
    const approve = prod.Actions.find((a: Json) => a.ActionTypeId.Category === 'Approval');
    const [, namespace] = /#\{(.*)\.SUMMARY\}/.exec(approve.Configuration.CustomData)!;
    const check = actionsOf(pipeline).find(a => a.Namespace === namespace);
    expect(check.Configuration.EnvironmentVariables).toContain('"prod-us"');
  });
  test('CloudFormation acts in the environment\'s region with the environment\'s role of its account', () => {
    const acting = actionsOf(pipeline).filter(a => a.ActionTypeId.Provider === 'CloudFormation');
    expect(acting.map(a => [a.Configuration.StackName, a.Region])).toEqual([
      ['churn-main-preprod-endpoint', undefined], ['churn-main-preprod-endpoint', undefined],
      [expect.stringMatching(/^churn-main-prod-eu/), undefined],
      [expect.stringMatching(/^churn-main-prod-eu/), undefined],
      [expect.stringMatching(/^churn-main-prod-us/), 'us-east-1'],
      [expect.stringMatching(/^churn-main-prod-us/), 'us-east-1'],
    ]);
    for (const action of acting) {
      const account = action.Configuration.StackName.includes('preprod') ? ACCOUNTS.preprod : ACCOUNTS.prod;
      expect(JSON.stringify(action.RoleArn)).toContain(`:iam::${account}:role/`);
      expect(JSON.stringify(action.Configuration.RoleArn)).toContain(`:iam::${account}:role/`);
    }
  });
  test('everything but CloudFormation runs in the tooling account and region', () => {
    const others = actionsOf(pipeline).filter(a => a.ActionTypeId.Provider !== 'CloudFormation');
    others.forEach(a => expect([a.Name, a.RoleArn, a.Region]).toEqual([a.Name, undefined, undefined]));
  });
  test('has an artifact store in each region, with the bucket and key that the replica stack makes there', () => {
    expect(pipeline.ArtifactStore).toBeUndefined();
    expect(pipeline.ArtifactStores.map((s: Json) => s.Region)).toEqual(['eu-west-1', 'us-east-1']);
    const [, { ArtifactStore }] = pipeline.ArtifactStores;
    const replica = Object.entries(templates).find(([name]) => name.includes('us-east-1') || /replica/.test(name))![1];
    const [bucket] = resources(replica, 'AWS::S3::Bucket').filter(b => !JSON.stringify(b.Properties.BucketName
      ?? '').includes('log'));
    expect(ArtifactStore.Location).toBe(bucket.Properties.BucketName);
    const [alias] = resources(replica, 'AWS::KMS::Alias');
    expect(JSON.stringify(ArtifactStore.EncryptionKey.Id)).toContain(
      `:kms:us-east-1:${ACCOUNTS.tooling}:${alias.Properties.AliasName as string}`,
    );
  });
  test('a copy of a large model may take as long as CodePipeline lets a build action run', () => {
    const project = resources(templates['churn-main-delivery'], 'AWS::CodeBuild::Project').map(p =>
      p.Properties).find(p => p.Name === 'churn-main-prepare');
    expect(project.TimeoutInMinutes).toBe(480);
  });
  test('the tools are told registry, bus and every environment with its account, region, wave and roles', () => {
    expect(targets).toMatchObject({
      project: 'churn',
      group: 'main',
      modelPackageGroup: `arn:{partition}:sagemaker:eu-west-1:${ACCOUNTS.build}:model-package-group/churn-main`,
      bus: `arn:{partition}:events:eu-west-1:${ACCOUNTS.tooling}:event-bus/churn-events`,
    });
    expect(targets.environments.map((e: Json) => [e.name, e.wave, e.account, e.region])).toEqual([
      ['preprod', 0, ACCOUNTS.preprod, 'eu-west-1'], ['prod-eu', 1, ACCOUNTS.prod, 'eu-west-1'],
      ['prod-us', 1, ACCOUNTS.prod, 'us-east-1'],
    ]);
    const [pre, eu, us] = targets.environments;
    expect(us.replicaGroup).toContain(`:sagemaker:us-east-1:${ACCOUNTS.prod}:model-package-group/`);
    expect(us.replicateRole).toContain(`:iam::${ACCOUNTS.prod}:role/`);
    for (const e of [pre, eu]) { expect([e.replicaGroup, e.replicateRole]).toEqual([undefined, undefined]); }
  });
  test('roles, buckets and keys that the tools are told are those of the environments\' stacks', () => {
    const filled = (text: string) => text.replaceAll('{partition}', '<partition>');
    for (const target of targets.environments) {
      const stack = Object.values(stacks).find(s => s.account === target.account && s.region === target.region
        && s.stackName.includes('environment')
        && JSON.stringify(templates[s.stackName].toJSON()).includes(`"${target.deploymentBucket}"`))!;
      const names = resources(templates[stack.stackName], 'AWS::IAM::Role').map(r =>
        `arn:<partition>:iam::${target.account as string}:role/${r.Properties.RoleName as string}`);
      const { verifyRole, publishRole, retireRole, replicateRole } = target;
      for (const role of [verifyRole, publishRole, retireRole, replicateRole].filter(Boolean)) {
        expect(names).toContain(filled(role));
      }
      const [alias] = resources(templates[stack.stackName], 'AWS::KMS::Alias');
      expect(target.key).toBe(
        `arn:{partition}:kms:${target.region as string}:${target.account as string}:`
          + `${alias.Properties.AliasName as string}`,
      );
    }
  });
  test('the tools\' data files travel with them', () => {
    expect(fs.readdirSync(path.join(assembly, toolsAsset))).toEqual(expect.arrayContaining([
      'prepare.py', 'resolve.py', 'assets.py', 'images.json', 'targets.json',
    ]));
  });
  test('the runner takes on the environments\' own roles and reads nothing of the build account but packages and '
    + 'reports', () => {
    const { Policies } = roleNamed(templates, 'churn-main-delivery', 'churn-main-deployrunner');
    const statements: Json[] = Policies[0].PolicyDocument.Statement;
    const assumed = JSON.stringify(statements.filter(s => s.Action === 'sts:AssumeRole'));
    expect(assumed.match(/:role\//g)).toHaveLength(13);
    const [reports] = statements.filter(s => s.Sid === 'Reports');
    expect(reports.Action).toBe('s3:GetObject');
    expect(JSON.stringify(reports.Resource)).toMatch(/\/\*\/evaluation\.json"/);
  });
});

test('every value of an action stays below 1,000 characters, whatever the names', () => {
  const name = 'an-environment-with-a-name-as-long-as-names-of-them-may-be-here';
  const delivery: DeliveryOptions = {
    ...SEVERAL_PLACES,
    deploymentGroups: [{
      name: 'release/2026-with-a-rather-long-name-that-does-not-fit-everywhere',
      deployEnvironments: [{ name, type: EnvironmentType.PROD }],
    }],
  };
  for (const each of [...Object.values(DELIVERIES), SEVERAL_PLACES, delivery]) {
    for (const template of Object.values(templatesOf(each))) {
      for (const pipeline of resources(template, 'AWS::CodePipeline::Pipeline')) {
        const values = actionsOf(pipeline.Properties).flatMap(a =>
          Object.values<Json>(a.Configuration)).map(v => (typeof v === 'string' ? v : JSON.stringify(v)));
        // A summary of 900 characters comes in place of its variable.
        values.forEach(v => expect(v.replace(/#\{[\w-]+\.SUMMARY\}/, 'x'.repeat(900)).length).toBeLessThan(1000));
      }
    }
  }
  expect(name).toHaveLength(63);
});
