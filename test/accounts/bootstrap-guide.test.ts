import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { bootstrapGuide } from '../../src/accounts/bootstrap-guide';
import { namePrefix } from '../../src/accounts/execution-policy';
import type { DeliveryOptions } from '../../src/options/delivery';
import { nameOf } from '../../src/plan/names/name-of';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json } from '../../testing/deliveries/synth';
import { ACCOUNTS } from '../infra/accounts';

afterAll(cleanUp);

const planned = (delivery: DeliveryOptions) => planDelivery(normaliseDelivery(delivery));
const guideOf = (delivery: DeliveryOptions, region?: string) => bootstrapGuide(planned(delivery), {
  deployCommand: 'npx projen deploy', preflightCommand: 'npx projen preflight', region,
});
const HERE = { account: '111111111111', region: 'eu-west-1' };

test('every name of a delivery begins with the prefix that the policies name', () => {
  const kinds = [
    'bucket', 'role', 'failures', 'stack', 'codeBuild', 'stateMachine', 'archive', 'queue', 'modelPackageGroup',
    'repositoryPrefix',
  ] as const;
  const [projects, groups] = [fc.string({ minLength: 1, maxLength: 80 }), fc.string({ maxLength: 60 })];
  fc.assert(fc.property(projects, groups, fc.constantFrom(...kinds), (project, group, kind) => {
    const prefix = namePrefix(project);
    expect(nameOf(kind, project, group, 'environment').startsWith(prefix)).toBe(true);
  }), { seed: 5, numRuns: 2000 });
});

describe('the guide', () => {
  const { text, files } = guideOf(ACCOUNTS);
  const commands = text.replace(/ \\\n\s+/g, ' ').split('\n').map(line => line.trim());
  test('prepares every account and region once, the tooling account first', () => {
    expect(commands.filter(c => c.startsWith('npx cdk bootstrap')).map(c => c.split(' ')[3])).toEqual([
      'aws://111111111111/eu-west-1', 'aws://111111111111/us-east-1', 'aws://222222222222/eu-west-1',
      'aws://333333333333/eu-west-1', 'aws://444444444444/us-east-1',
      'aws://555555555555/eu-west-1',
    ]);
  });
  test('lets the tooling account into the others, and nobody into its own', () => {
    for (const command of commands.filter(c => c.startsWith('npx cdk bootstrap'))) {
      const trusts = command.includes(' --trust 111111111111 --trust-for-lookup 111111111111 ');
      expect(trusts).toBe(!command.includes('aws://111111111111/'));
      expect(command).toContain(' --custom-permissions-boundary team/limit --apply-permissions-boundary-to-all-roles ');
      expect(command).toMatch(
        /--cloudformation-execution-policies arn:aws:iam::\d{12}:policy\/churn-cdk-churn-execution /,
      );
    }
  });
  test('makes exactly the policies that the bootstraps name, from files that it comes with', () => {
    const created = commands.filter(c => c.startsWith('aws iam create-policy '));
    expect(created.map(c => /file:\/\/(\S+)/.exec(c)![1])).toEqual(Object.keys(files));
    const [first] = Object.values(files).map(content => JSON.parse(content) as Json);
    expect(first.Version).toBe('2012-10-17');
    expect(new Set(commands.flatMap(c => [
      ...c.matchAll(/--cloudformation-execution-policies \S+policy\/(\S+)/g),
    ].map(m => m[1])))).toEqual(new Set(created.map(c => /--policy-name (\S+)/.exec(c)![1])));
  });
  test('ends with the deployment, and what follows', () => {
    expect(commands.indexOf('npx projen preflight')).toBeGreaterThan(commands.findIndex(c =>
      c.includes('aws://555555555555/')));
    expect(commands.indexOf('npx projen deploy')).toBeGreaterThan(commands.indexOf('npx projen preflight'));
    expect(text).toContain('churn-infrastructure deploys the infrastructure after each commit to main');
    expect(text).not.toMatch(/\{(partition|account|region|urlSuffix)\}|undefined/);
  });
  const steps = (
    delivery: DeliveryOptions,
  ): string[] => guideOf(delivery).text.replace(/ \\\n\s+/g, ' ').split('\n').map(line => line.trim())
    .filter(line => /^(npx (projen|cdk deploy)|git) /.test(line));
  const push = "git -c credential.helper='!aws codecommit credential-helper $@' -c credential.UseHttpPath=true push";
  test('makes repositories before the pipelines, and has every branch that is built pushed in between', () => {
    const groups: DeliveryOptions = {
      ...DELIVERIES.default, deploymentGroups: [
        { name: 'dev', sourceBranch: 'develop' }, { name: 'main', sourceBranch: 'main' },
        { name: 'more', sourceBranch: 'main' },
      ],
    };
    expect(steps({ ...groups, infrastructure: { source: { repository: 'platform' }, sourceBranch: 'live' } })).toEqual([
      'npx projen preflight', "npx cdk deploy --import-existing-resources '*/churn-source'",
      ...['churn develop', 'churn main', 'platform live'].map(to =>
        `${push} https://git-codecommit.$REGION.amazonaws.com/v1/repos/${to}`),
      'npx projen deploy',
    ]);
    const placed = {
      ...groups, tooling: { account: HERE.account, region: 'us-gov-west-1' }, infrastructure: { sourceBranch: 'live' },
    };
    expect(steps(placed).filter(line => line.startsWith('git '))).toEqual(
      ['develop', 'main', 'live'].map(branch =>
        `${push} https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/churn ${branch}`));
  });
  test('has nothing pushed to repositories that are there, or that nothing is built from', () => {
    expect(steps(DELIVERIES.gitLab)).toEqual(['npx projen preflight', 'npx projen deploy']);
    expect(steps({ ...DELIVERIES.default, source: { create: false } })).toEqual([
      'npx projen preflight', 'npx projen deploy',
    ]);
    const byHand = { ...DELIVERIES.default, infrastructure: { pipeline: false, sourceBranch: 'live' } };
    expect(steps(byHand).filter(line =>
      line.startsWith('git '))).toEqual([`${push} https://git-codecommit.$REGION.amazonaws.com/v1/repos/churn main`]);
  });
  test('says what a region is where an account is named without', () => {
    const { text: there } = guideOf({ ...DELIVERIES.default, tooling: { account: HERE.account } });
    expect(there).toContain('REGION=${AWS_REGION:-$(aws configure get region)}');
    expect(text).not.toContain('$REGION');
  });
  test('takes down an environment that is gone: first its endpoint stack, then the endpoint, then the stack whose role '
    + 'deletes the first', () => {
    const plan = planned(ACCOUNTS);
    const { stack, endpointStack, endpointName, place } = plan.groups.at(-1)!.environments.at(-1)!;
    const from = commands.findIndex(line => line.includes('update-termination-protection'));
    expect(commands.slice(from, from + 7).map(line => line.replace(` --region ${place.region!}`, ''))).toEqual([
      'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name '
        + `${endpointStack}`,
      `aws cloudformation delete-stack --stack-name ${endpointStack}`,
      `aws cloudformation wait stack-delete-complete --stack-name ${endpointStack}`,
      `aws sagemaker delete-endpoint --endpoint-name ${endpointName}`,
      `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}`,
      `aws cloudformation delete-stack --stack-name ${stack}`,
      `aws cloudformation wait stack-delete-complete --stack-name ${stack}`,
    ]);
    expect(text).toContain('A new repository in infrastructure.source needs one manual deployment');
  });
  test('prepares the repository of workflows, with reviewers where people are asked there', () => {
    const guide = guideOf(DELIVERIES.workflowsOfAccounts).text;
    const all = 'dev-dev main-preprod main-acceptance main-eu main-us infrastructure-self infrastructure-dev '
      + 'infrastructure-preprod infrastructure-prod';
    const loops = [...guide.matchAll(/^ *for name in (.*); do$/gm)].map(([, names]) => names);
    expect(loops.slice(0, 2)).toEqual([all, 'main-eu main-us infrastructure-self infrastructure-prod']);
    expect(guide).toContain('"repos/acme/churn/environments/$name/deployment-branch-policies"');
    expect(guide).toMatch(/infrastructure deploys the infrastructure after each commit to main/);
    expect(guide).not.toMatch(/[Pp]ipelines start|infrastructure pipeline|undefined/);
    // Where people approve in AWS GitHub asks nobody.
    expect(guideOf(DELIVERIES.workflows).text).not.toContain('reviewers[]');
    expect(guideOf(DELIVERIES.default).text).not.toMatch(/gh api/);
    const typed = /on GitHub, .*\n([^]*?)\n\n\d\. /.exec(guide)![1].replace(/<number>/g, '1');
    const ran = spawnSync('bash', ['--norc', '-euc', `gh() { printf '%s ' gh "$@"; echo; }\n${typed}`], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n').filter(line => line.includes('environments/main-us'))).toEqual([
      'gh api --method PUT repos/acme/churn/environments/main-us -F deployment_branch_policy[protected_branches]=false '
        + '-F deployment_branch_policy[custom_branch_policies]=true ',
      'gh api --method POST repos/acme/churn/environments/main-us/deployment-branch-policies -f name=main ',
      'gh api --method PUT repos/acme/churn/environments/main-us -F reviewers[][type]=User -F reviewers[][id]=1 '
        + '-F prevent_self_review=true -F deployment_branch_policy[protected_branches]=false '
        + '-F deployment_branch_policy[custom_branch_policies]=true ',
    ]);
  });
  test('without accounts is about those of the credentials', () => {
    const here = guideOf(DELIVERIES.default).text;
    expect(here).toContain('npx cdk bootstrap aws://$ACCOUNT/$REGION');
    expect(here).toContain('ACCOUNT=$(aws sts get-caller-identity');
    expect(here).not.toContain('--trust ');
  });
  test('knows the partition by the region', () => {
    expect(guideOf(DELIVERIES.default, 'cn-north-1').text).toContain('arn:aws-cn:iam::$ACCOUNT:policy/');
    expect(Object.values(guideOf(DELIVERIES.default, 'us-gov-west-1').files).join()).toContain(
      'arn:aws-us-gov:s3:::churn*',
    );
  });
  test('gives a qualifier of its own a stack of its own', () => {
    const { text: other } = guideOf({
      ...ACCOUNTS, infrastructure: { bootstrapQualifier: 'ml', pipeline: false }, tags: { 'cost center': 'A & B' },
    });
    expect(other).toContain('--qualifier ml \\\n     --toolkit-stack-name CDKToolkit-ml');
    expect(other).toContain("--tags 'cost center=A & B'");
    expect(other).toContain('No pipeline deploys the infrastructure');
  });
  test('has a bootstrap of the project\'s own, or says what the shared one means', () => {
    expect(commands.filter(c => c.startsWith('npx cdk bootstrap')).every(c =>
      c.includes(' --qualifier churn --toolkit-stack-name CDKToolkit-churn '))).toBe(true);
    expect(text).toContain('The bootstrap CDKToolkit-churn belongs to this project alone');
    const shared = guideOf({ ...ACCOUNTS, infrastructure: { bootstrapQualifier: 'hnb659fds' } }).text;
    expect(shared).toContain('--qualifier hnb659fds \\\n     --toolkit-stack-name CDKToolkit \\');
    expect(shared).toContain('these commands replace the trusted accounts');
    expect(shared).not.toContain('belongs to this project alone');
  });
  test('says what trust lets in, where there is any', () => {
    expect(text).toContain('- --trust 111111111111: anyone whom the IAM of 111111111111 lets assume '
      + 'cdk-churn-deploy-role-<account>-<region>');
    expect(guideOf(DELIVERIES.default).text).not.toContain('--trust');
  });
  test('says what the policies of keys of training data need', () => {
    const lines = guideOf(DELIVERIES.sevenAccounts).text.split('\n');
    const [own, foreign] = ['222222222222', '888888888888'].map(account => lines.findIndex(line =>
      line.startsWith(`- Training data is encrypted with arn:aws:kms:eu-west-1:${account}:key/`)));
    expect(lines[own]).toContain('does not delegate to IAM');
    expect(lines[foreign]).toContain('give its owner this statement');
    expect(JSON.parse(lines[foreign + 1])).toMatchObject({
      Principal: { AWS: ['arn:aws:iam::222222222222:root'] }, Action: ['kms:Decrypt'], Condition: {
        StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }, ArnEquals: {
          'aws:PrincipalArn': [
            'arn:aws:iam::222222222222:role/churn-dev-processing', 'arn:aws:iam::222222222222:role/churn-dev-training',
          ],
        },
      },
    });
    expect(text).not.toContain('Training data is encrypted');
  });
  test('names a connection that must be finished', () => {
    expect(guideOf(DELIVERIES.gitLab).text).toMatch(/# The connection arn:\S+ must be "Available"/);
  });
  test('uses no flag that the CDK does not have', () => {
    const cdk = path.resolve(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const help = spawnSync('node', [cdk, 'bootstrap', '--help'], { encoding: 'utf-8' }).stdout;
    const both = commands.concat(guideOf({
      ...ACCOUNTS, infrastructure: { bootstrapQualifier: 'ml' }, tags: { a: 'b' },
    }).text.replace(/ \\\n\s+/g, ' ').split('\n').map(l => l.trim()));
    const flags = new Set(both.filter(c => c.startsWith('npx cdk bootstrap')).flatMap(c => c.match(/ --[a-z-]+/g)
      ?? []));
    expect(flags.size).toBe(9);
    // The help breaks a flag of more than 40 characters.
    flags.forEach(flag => expect(help).toMatch(new RegExp(flag.length > 41 ? flag.slice(0, 41) : `${flag}[ ,]`)));
  });
});
