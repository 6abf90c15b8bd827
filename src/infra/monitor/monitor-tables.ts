import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { monitoringQuestions, type MonitoringTable, monitoringTables } from './monitoring-questions';
import { MONITORING_FOLDERS, type NamedMonitoring } from '../../plan/monitor/model';

/** What the tables are about. */
export interface MonitorTablesProps {
  readonly monitoring: NamedMonitoring;
  readonly bucket: IBucket;
  readonly key: IKey;
  readonly environment: string;
}

/**
 * The tables of predictions and labels, which find their partitions by projection, so that nothing must be loaded; and
 * saved queries over them. Whoever asks needs the rights to the workgroup, to the tables, to read the bucket and to
 * write below `queries/` in it.
 */
export class MonitorTables extends Construct {
  public readonly tables: glue.CfnTable[];
  public readonly workGroup: athena.CfnWorkGroup;
  public readonly queries: athena.CfnNamedQuery[];

  public constructor(scope: Construct, id: string, props: MonitorTablesProps) {
    super(scope, id);
    const { monitoring, bucket, key, environment } = props;
    const { account } = Stack.of(this);
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: account,
      databaseInput: { name: monitoring.database, description: `What the model of ${environment} was asked` },
    });
    database.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.tables = (['predictions', 'labels'] as const).map(name => {
      const table = this.makeTable(name, monitoringTables()[name], props);
      table.addResourceDependency(database);
      return table;
    });
    this.workGroup = new athena.CfnWorkGroup(this, 'WorkGroup', {
      name: monitoring.workgroup,
      description: `Questions to the predictions of ${environment}`,
      // Athena keeps one with queries in it, and each question that was asked is one (Athena API, DeleteWorkGroup).
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${MONITORING_FOLDERS.queries}`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
          expectedBucketOwner: account,
        },
      },
    });
    const { groundTruth } = monitoring.settings;
    this.queries = monitoringQuestions({ database: monitoring.database, groundTruth }).map(
      ({ name, description, sql }) => {
        const query = new athena.CfnNamedQuery(this, `Query-${name}`, {
          name, description, database: monitoring.database, workGroup: monitoring.workgroup, queryString: sql,
        });
        [this.workGroup, ...this.tables].forEach(needed => query.addResourceDependency(needed));
        return query;
      },
    );
  }

  /** Athena user guide, "Use partition projection with Amazon Athena"; timestamps and maps as Parquet has them. */
  private makeTable(
    name: 'labels' | 'predictions', { description, columns }: MonitoringTable, { monitoring, bucket }: MonitorTablesProps,
  ): glue.CfnTable {
    const { partitions, location } = monitoringTables();
    const folder = `s3://${bucket.bucketName}/${MONITORING_FOLDERS[name]}`;
    const table = new glue.CfnTable(this, name === 'labels' ? 'Labels' : 'Predictions', {
      catalogId: Stack.of(this).account,
      databaseName: monitoring.database,
      tableInput: {
        name,
        description,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: partitions.map(key => ({ name: key.name, type: key.type })),
        storageDescriptor: {
          columns: columns.map(column => ({ ...column })),
          location: folder,
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
        parameters: {
          'classification': 'parquet',
          'EXTERNAL': 'TRUE',
          'projection.enabled': 'true',
          ...Object.fromEntries(partitions.flatMap(key => Object.entries(key.projection).map(([setting, value]) => (
            [`projection.${key.name}.${setting}`, value])))),
          'storage.location.template': `${folder}${location}`,
        },
      },
    });
    table.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return table;
  }
}
