import type { NamedGroup } from '../model';
import type { BuildRoles, NamedBuild } from './model';
import { below } from './prefixes';
import {
  grantForVolumes, objects, useOwnKey, KMS_GET, KMS_PUT, writeBelow, writeLogs, PUT_METRICS, pullFrameworkImages,
  pullOwnImages, joinNetwork,
} from '../roles/grants';
import type { PlannedRole, Grant } from '../roles/role-model';

/** The roles of the jobs of a group's SageMaker pipeline. */
export function jobRoles({ build, parameters, roles }: NamedGroup): Pick<BuildRoles, 'processing' | 'training'> {
  const { place, network } = build;
  const data = dataOf(parameters);
  const job = (kind: 'processing' | 'training', log: string, purpose: string): PlannedRole => ({
    ...roles[kind],
    purpose,
    assumedBy: { service: 'sagemaker.amazonaws.com' },
    grants: [
      ...objects('Artifact', build.artifactBucket, 'read', 'Reads code, data and the results of earlier steps.'),
      writeBelow('Results', below(build, kind), 'Writes results, under a prefix that no other role writes to.'),
      ...readData(data),
      ...useDataKeys(build),
      useOwnKey([...KMS_PUT, 'kms:DescribeKey', 'kms:Encrypt'], 'Encrypts artifacts and volumes.'),
      grantForVolumes("Encrypts the job's volumes, except on instances with local NVMe storage."),
      writeLogs(place, [log], "Writes the container's log.", 'sagemaker'),
      PUT_METRICS,
      ...pullFrameworkImages(place),
      ...pullOwnImages(place, build.repositories, place),
      ...joinNetwork(place, network, 'sagemaker'),
    ],
  });
  return {
    processing: job('processing', '/aws/sagemaker/ProcessingJobs', 'Execution role of the processing jobs: runs '
      + 'preprocess.py and evaluate.py.'),
    training: job('training', '/aws/sagemaker/TrainingJobs', 'Execution role of the training jobs: runs train.py.'),
  };
}

/** Listing the data that the group's parameters name, to see when it is another. */
export function listData({ InputDataUrl: url }: NamedGroup['parameters']): Grant[] {
  if (typeof url !== 'string' || !url.startsWith('s3://')) { return []; }
  const [bucket, ...prefix] = url.slice('s3://'.length).split('/');
  return [{
    sid: 'DataListing',
    actions: ['s3:ListBucket'],
    resources: [`arn:{partition}:s3:::${bucket}`],
    conditions: { StringEquals: { 's3:prefix': prefix.join('/') } },
    why: 'Detects new data at the same address: each execution gets a hash of the listing.',
  }];
}

/** S3 addresses that parameters name, sorted, each once. */
function dataOf(parameters: NamedGroup['parameters']): string[] {
  const addresses = Object.values(parameters).filter((v): v is string => typeof v === 'string'
    && v.startsWith('s3://'));
  return [...new Set(addresses)].sort();
}

/**
 * Decrypting data under keys that are not the group's own. S3 decrypts with the reader's rights and says so to KMS;
 * `amazonaws.com` is this condition's suffix in every partition (KMS guide, "kms:ViaService").
 */
function useDataKeys({ place, inputDataKeyArns }: NamedBuild): Grant[] {
  return inputDataKeyArns.length === 0 ? [] : [{
    sid: 'DataKeys',
    actions: KMS_GET,
    resources: inputDataKeyArns,
    conditions: { StringEquals: { 'kms:ViaService': `s3.${place.region ?? '{region}'}.amazonaws.com` } },
    why: 'Decrypts data that is encrypted with these keys.',
  }];
}

/** Reading data below the S3 addresses that the group's parameters name. */
function readData(addresses: readonly string[]): Grant[] {
  if (addresses.length === 0) { return []; }
  const paths = addresses.map(address => address.slice('s3://'.length).replace(/\/+$/, ''));
  const buckets = [...new Set(paths.map(path => path.split('/')[0]))];
  return [
    {
      sid: 'DataObjects',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: paths.flatMap(path => (path.includes('/')
        ? [`arn:{partition}:s3:::${path}`, `arn:{partition}:s3:::${path}/*`]
        : [`arn:{partition}:s3:::${path}/*`])),
      why: "Reads the data that the group's parameters name.",
      wildcard: 'The parameter names a prefix; every object below it is data.',
    },
    {
      sid: 'DataBuckets',
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resources: buckets.map(b => `arn:{partition}:s3:::${b}`),
      why: 'Lists the data.',
    },
  ];
}
