import { createHash } from 'node:crypto';
import type { Json, SynthesizedStack } from './assembly';

/** What a resource is called once it is there. */
export interface Physical {
  readonly arn: string;
  /** What `Ref` gives. */
  readonly ref: string;
  /** Attributes by name. */
  readonly attributes: { readonly [name: string]: string };
}

/** Names a resource of one type; `name` is what the template calls it, or a made-up one. */
type Naming = (
  name: string, arn: (service: string, resource: string) => string, stack: SynthesizedStack, props: Json,
) => Physical;

/** A type whose `Ref` is its name and whose attribute `Arn` is its ARN. */
const named = (service: string, prefix: string): Naming => (name, arn) => {
  const own = arn(service, `${prefix}${name}`);
  return { arn: own, ref: name, attributes: { Arn: own } };
};

/** A type whose `Ref` is its ARN. */
const byArn = (service: string, prefix: string, nameAttribute: string, arnAttribute = 'Arn'): Naming => (name, arn) => {
  const own = arn(service, `${prefix}${name}`);
  return { arn: own, ref: own, attributes: { [arnAttribute]: own, [nameAttribute]: name } };
};

/** APIs and their domains have no account in their ARNs (service authorization reference, API Gateway). */
const gateway = (arn: (service: string, resource: string) => string, path: string) =>
  arn('apigateway', path).replace(/:\d{12}:/, '::');

const ownDomain: Naming = (name, arn) => ({
  arn: gateway(arn, `/domainnames/${name}`), ref: name, attributes: {
    RegionalDomainName: `d-0123456789.execute-api.${name}`, RegionalHostedZoneId: 'Z0123456789ABCDEFGHIJ',
  },
});

/**
 * The property with a resource's name, and how it is called then (CloudFormation user guide, "Return values" of each
 * type).
 */
const TYPES: { readonly [type: string]: readonly [property: string, naming: Naming] } = {
  'AWS::S3::Bucket': ['BucketName', name => ({
    arn: `arn:aws:s3:::${name}`, ref: name, attributes: { Arn: `arn:aws:s3:::${name}` },
  })],
  'AWS::KMS::Key': ['', named('kms', 'key/')],
  'AWS::KMS::Alias': ['AliasName', named('kms', '')],
  'AWS::SQS::Queue': ['QueueName', (name, arn, { account, region }) => ({
    arn: arn('sqs', name), ref: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    attributes: { Arn: arn('sqs', name), QueueName: name },
  })],
  'AWS::SNS::Topic': ['TopicName', byArn('sns', '', 'TopicName', 'TopicArn')],
  'AWS::Events::EventBus': ['Name', (name, arn) => ({
    arn: arn('events', `event-bus/${name}`), ref: name, attributes: {
      Arn: arn('events', `event-bus/${name}`), Name: name,
    },
  })],
  'AWS::Events::Rule': ['Name', (name, arn, _, props) => {
    const bus = props.EventBusName
      && props.EventBusName !== 'default' ? `${String(props.EventBusName).split('/').pop()}/` : '';
    return {
      arn: arn('events', `rule/${bus}${name}`), ref: name, attributes: { Arn: arn('events', `rule/${bus}${name}`) },
    };
  }],
  'AWS::Events::Archive': ['ArchiveName', named('events', 'archive/')],
  'AWS::DynamoDB::Table': ['TableName', named('dynamodb', 'table/')],
  'AWS::SSM::Parameter': ['Name', named('ssm', 'parameter/')],
  'AWS::Logs::LogGroup': ['LogGroupName', (name, arn) => ({
    arn: arn('logs', `log-group:${name}`), ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) },
  })],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', byArn('states', 'stateMachine:', 'Name')],
  'AWS::CodeBuild::Project': ['Name', named('codebuild', 'project/')],
  'AWS::CodePipeline::Pipeline': ['Name', named('codepipeline', '')],
  'AWS::CodeCommit::Repository': ['RepositoryName', (name, arn) => ({
    arn: arn('codecommit', name), ref: uuid(name), attributes: { Arn: arn('codecommit', name), Name: name },
  })],
  'AWS::ECR::Repository': ['RepositoryName', named('ecr', 'repository/')],
  'AWS::ECR::RepositoryCreationTemplate': ['Prefix', named('ecr', 'repository-creation-template/')],
  'AWS::SageMaker::ModelPackageGroup': ['ModelPackageGroupName', byArn(
    'sagemaker', 'model-package-group/', 'ModelPackageGroupName', 'ModelPackageGroupArn',
  )],
  'AWS::SageMaker::Model': ['ModelName', byArn('sagemaker', 'model/', 'ModelName')],
  'AWS::SageMaker::EndpointConfig': [
    'EndpointConfigName', byArn('sagemaker', 'endpoint-config/', 'EndpointConfigName'),
  ],
  'AWS::SageMaker::Endpoint': ['EndpointName', byArn('sagemaker', 'endpoint/', 'EndpointName')],
  'AWS::CloudWatch::Alarm': ['AlarmName', named('cloudwatch', 'alarm:')],
  'AWS::Lambda::Function': ['FunctionName', named('lambda', 'function:')],
  // Of the first one that is published.
  'AWS::Lambda::Version': ['', (_, arn, __, props) => {
    const own = arn('lambda', `function:${props.FunctionName as string}:1`);
    return { arn: own, ref: own, attributes: { FunctionArn: own, Version: '1' } };
  }],
  'AWS::ApiGatewayV2::Api': ['', (name, arn, { region }) => ({
    arn: gateway(arn, `/apis/${name}`), ref: name,
    attributes: { ApiId: name, ApiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com` },
  })],
  'AWS::ApiGatewayV2::DomainName': ['DomainName', ownDomain],
  'AWS::ApiGateway::RestApi': ['', (name, arn) => ({
    arn: gateway(arn, `/restapis/${name}`), ref: name, attributes: { RestApiId: name, RootResourceId: 'root' },
  })],
  'AWS::ApiGateway::DomainName': ['DomainName', ownDomain],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName', named('firehose', 'deliverystream/')],
  'AWS::CodeDeploy::Application': ['ApplicationName', named('codedeploy', 'application:')],
  'AWS::CodeDeploy::DeploymentConfig': ['DeploymentConfigName', named('codedeploy', 'deploymentconfig:')],
};

/** Resolves the intrinsic functions of one stack's template to what they are once the stack is there. */
export class Resolver {
  private readonly known = new Map<string, Physical>();

  /** @param exported values of the other stacks' exports */
  public constructor(private readonly stack: SynthesizedStack, private readonly exported: (name: string) => string) {}

  /** The value of a part of the template. */
  public value(part: Json): Json {
    if (Array.isArray(part)) { return part.map(p => this.value(p)).filter(p => p !== undefined); }
    if (part === null || typeof part !== 'object') { return part; }
    const [key, ...more] = Object.keys(part);
    if (key && more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) { return this.call(key, part[key]); }
    return Object.fromEntries(Object.entries(part).map(([
      k, v,
    ]) => [k, this.value(v)]).filter(([, v]) => v !== undefined));
  }

  /** How a resource is called. */
  public physical(logicalId: string): Physical {
    const found = this.known.get(logicalId);
    if (found) { return found; }
    const resource = this.stack.template.Resources?.[logicalId];
    if (!resource) { throw new Error(`${this.stack.name} has no resource ${logicalId}`); }
    const physical = this.name(logicalId, resource);
    this.known.set(logicalId, physical);
    return physical;
  }

  private name(logicalId: string, { Type: type, Properties: properties = {} }: Json): Physical {
    const { account, region, name } = this.stack;
    const madeUp = `${name}-${logicalId}`;
    if (type === 'AWS::IAM::Role' || type === 'AWS::IAM::ManagedPolicy') {
      const [property, kind] = type === 'AWS::IAM::Role' ? ['RoleName', 'role'] : ['ManagedPolicyName', 'policy'];
      const own = (this.value(properties[property]) as string | undefined) ?? madeUp;
      const arn = `arn:aws:iam::${account}:${kind}${(this.value(properties.Path) as string | undefined) ?? '/'}${own}`;
      return { arn, ref: kind === 'role' ? own : arn, attributes: { Arn: arn, RoleId: uuid(arn), PolicyArn: arn } };
    }
    const [property, naming] = TYPES[type] ?? ['', undefined];
    if (!naming) { return { arn: `${type}/${madeUp}`, ref: madeUp, attributes: {} }; }
    const given = property ? this.value(properties[property]) as string | undefined : undefined;
    const fallback = type === 'AWS::KMS::Key'
      ? uuid(madeUp)
      : type === 'AWS::S3::Bucket'
        ? `${madeUp.toLowerCase().slice(0, 50)}-${uuid(madeUp).slice(-12)}`
        : madeUp;
    return naming(given ?? fallback, (service, resource) =>
      `arn:aws:${service}:${region}:${account}:${resource}`, this.stack, this.value(properties));
  }

  private call(name: string, argument: Json): Json {
    switch (name) {
      case 'Ref': return this.ref(argument as string);
      case 'Fn::GetAtt': return this.attribute(...(typeof argument === 'string' ? argument.split('.') : argument) as [
        string, string,
      ]);
      case 'Fn::Join': return (this.value(argument[1]) as string[]).join(argument[0]);
      case 'Fn::Sub': return this.sub(argument);
      case 'Fn::Select': return (this.value(argument[1]) as string[])[Number(this.value(argument[0]))];
      case 'Fn::Split': return (this.value(argument[1]) as string).split(argument[0]);
      case 'Fn::ImportValue': return this.exported(this.value(argument) as string);
      case 'Fn::GetStackOutput': return this.exported(
        `${this.value(argument.StackName)}.${this.value(argument.OutputName)}`,
      );
      // What is only there under a condition is looked at as being there.
      case 'Fn::If': return this.value(argument[1]);
      default: throw new Error(`${this.stack.name} uses ${name}, which this library does not know`);
    }
  }

  private ref(name: string): Json {
    const { account, region, name: stackName, template } = this.stack;
    const pseudo: { readonly [name: string]: string } = {
      'AWS::AccountId': account, 'AWS::Region': region, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${uuid(stackName)}`,
    };
    if (name === 'AWS::NoValue') { return undefined; }
    if (name in pseudo) { return pseudo[name]; }
    const parameter = template.Parameters?.[name];
    // The name of a release has exactly eight characters.
    const given = name === 'Release' ? '4f0a9c21' : name;
    return parameter ? parameter.Default ?? given : this.physical(name).ref;
  }

  private attribute(logicalId: string, attribute: string): string {
    const found = this.physical(logicalId).attributes[attribute];
    if (found === undefined) {
      throw new Error(`${this.stack.name}: the attribute ${attribute} of ${logicalId} is not known to this library`);
    }
    return found;
  }

  private sub(argument: Json): string {
    const [text, own] = (typeof argument === 'string' ? [argument, {}] : argument) as [
      string, { [name: string]: Json },
    ];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) { return `\${${name}}`; }
      if (name in own) { return String(this.value(own[name])); }
      return String(name.includes('.')
        && !name.startsWith('AWS::') ? this.attribute(...name.split('.') as [string, string]) : this.ref(name));
    });
  }
}

/** A stable made-up id. */
export function uuid(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return [
    hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32),
  ].join('-');
}
