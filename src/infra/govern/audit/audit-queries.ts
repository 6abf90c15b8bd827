import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AUDIT_QUESTIONS, questionOf, tableFile } from './audit-questions';
import { checkAuditQueries } from './check-audit-trail';
import { PrivateBucket } from '../../shared/private-bucket';

/** Properties of saved queries. */
export interface AuditQueriesProps {
  /** Name of the database of the Glue data catalog that is created for the table of the trail. */
  readonly databaseName: string;

  /** Name of the Athena workgroup that is created. */
  readonly workGroupName: string;

  /** Bucket that the trails deliver to. */
  readonly trailBucketName: string;

  /** Name of the bucket of results that is created. Results are removed after 400 days; they can be asked for again. */
  readonly resultsBucketName: string;

  /** Encrypts the results. */
  readonly key: IKey;

  /**
   * Accounts whose log files are asked.
   *
   * @default - the account of the stack
   */
  readonly accounts?: string[];

  /**
   * Regions whose log files are asked. IAM logs in us-east-1.
   *
   * @default - the region of the stack and us-east-1
   */
  readonly regions?: string[];

  /**
   * ID of the organization whose trail delivers to the bucket.
   *
   * @default - trails of single accounts
   */
  readonly organizationId?: string;

  /**
   * Names of the roles that approve something, for the access review.
   *
   * @default - roles whose name ends with "approver" or "releaser"
   */
  readonly approverRoleNames?: string[];

  /**
   * Existing bucket in the same account and region for access logs of the bucket of results.
   *
   * @default - a new bucket
   */
  readonly accessLogsBucketArn?: string;
}

/**
 * Saved Athena queries over the log files of trails: who approved what, when and why; what ran in production on a day;
 * every change of permissions; who can approve; deployments by version; tampering. Days are written "2026/11/28", in
 * quotes.
 *
 * The table finds its partitions by projection, so nothing must be loaded. Results are encrypted and go to a bucket of
 * their own. Whoever asks needs the rights to the workgroup, to the table, to read bucket and key of the trail, and to
 * write results.
 *
 * @throws OptionError when a property is wrong
 */
export class AuditQueries extends Construct {
  /** Workgroup of the queries. */
  public readonly workGroup: athena.CfnWorkGroup;
  /** Table over the log files. */
  public readonly table: glue.CfnTable;
  /** The saved queries. */
  public readonly queries: athena.CfnNamedQuery[];
  /** Bucket of the results. */
  public readonly results: s3.Bucket;

  public constructor(scope: Construct, id: string, props: AuditQueriesProps) {
    super(scope, id);
    checkAuditQueries(props);
    this.results = this.makeResults(props);
    this.workGroup = new athena.CfnWorkGroup(this, 'WorkGroup', {
      name: props.workGroupName,
      description: 'Questions of auditors to the audit trail',
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucketName}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: props.key.keyArn },
          expectedBucketOwner: Stack.of(this).account,
        },
      },
    });
    this.table = this.makeTable(props);
    this.queries = AUDIT_QUESTIONS.map(({ name, description }) => {
      const query = new athena.CfnNamedQuery(this, `Query-${name}`, {
        name, description, database: props.databaseName, workGroup: props.workGroupName,
        queryString: questionOf(name, props.approverRoleNames),
      });
      query.addResourceDependency(this.workGroup);
      query.addResourceDependency(this.table);
      return query;
    });
  }

  private makeResults({ resultsBucketName, key, accessLogsBucketArn }: AuditQueriesProps): s3.Bucket {
    const { bucket } = new PrivateBucket(this, 'Answers', {
      name: resultsBucketName, key, logBucketArn: accessLogsBucketArn, keep: 400, keepOldVersions: 1,
    });
    return bucket;
  }

  /** Athena user guide, "Create a table for CloudTrail logs in Athena using partition projection". */
  private makeTable(props: AuditQueriesProps): glue.CfnTable {
    const stack = Stack.of(this);
    const { name, columns } = tableFile();
    const { databaseName, accounts = [stack.account], regions = [stack.region, 'us-east-1'], organizationId } = props;
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: stack.account,
      databaseInput: { name: databaseName, description: 'The audit trail' },
    });
    const folder = `s3://${props.trailBucketName}/AWSLogs/${organizationId ? `${organizationId}/` : ''}`;
    const table = new glue.CfnTable(this, 'Table', {
      catalogId: stack.account,
      databaseName,
      tableInput: {
        name,
        description: 'Log files of CloudTrail',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: ['account', 'region', 'day'].map(key => ({ name: key, type: 'string' })),
        storageDescriptor: {
          columns: columns.map(column => ({ ...column })),
          location: folder,
          inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
        },
        parameters: {
          'classification': 'cloudtrail',
          'EXTERNAL': 'TRUE',
          'projection.enabled': 'true',
          'projection.account.type': 'enum',
          'projection.account.values': [...new Set(accounts)].join(','),
          'projection.region.type': 'enum',
          'projection.region.values': [...new Set(regions)].join(','),
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy/MM/dd',
          'projection.day.range': '2024/01/01,NOW',
          'projection.day.interval': '1',
          'projection.day.interval.unit': 'DAYS',
          'storage.location.template': `${folder}\${account}/CloudTrail/\${region}/\${day}`,
        },
      },
    });
    table.addResourceDependency(database);
    [database, table].forEach(part => part.applyRemovalPolicy(RemovalPolicy.DESTROY));
    return table;
  }
}
