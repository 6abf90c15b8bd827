import { describeAlarms, lookAtEndpoint, ON_INSTANCES } from './endpoint-grants';
import type { PlannedEndpointKind } from './kind';
import { bucketArn } from '../../arn';
import { KMS_PUT, listBucket, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';

/** Requests and answers of an asynchronous endpoint are in the bucket that holds those of others that are captured. */
const FOLDER = 'asynchronous';

/** Where requests and answers are. */
export function asynchronousUri({ captureBucket }: Pick<NamedEnvironment, 'captureBucket'>): string {
  return `s3://${captureBucket}/${FOLDER}`;
}

const below = ({ captureBucket }: NamedEnvironment, ...folders: readonly string[]) =>
  folders.map(folder => bucketArn(captureBucket, `/${FOLDER}/${folder}/*`));

const KEYS = 'Callers and SageMaker name the objects.';

/** An endpoint on instances of its own that takes its requests from S3 and answers there. */
export const asynchronous: PlannedEndpointKind = {
  ...ON_INSTANCES,
  written: environment => [
    {
      sid: 'Requests',
      actions: ['s3:GetObject'],
      resources: below(environment, 'input'),
      why: 'Reads requests.',
      wildcard: KEYS,
    },
    {
      sid: 'Answers',
      actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
      resources: below(environment, 'output', 'failure'),
      why: 'Writes answers, and what failed requests came to.',
      wildcard: KEYS,
    },
    listBucket('AnswersBucket', environment.captureBucket, 'Finds requests.'),
    useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Decrypts requests and encrypts answers.'),
    ...notify(environment),
    ...describeAlarms(environment),
  ],
  asked: environment => [
    ...lookAtEndpoint(environment, 'sagemaker:InvokeEndpointAsync'),
    {
      sid: 'Request',
      actions: ['s3:PutObject'],
      resources: below(environment, 'input/smoke-test'),
      why: 'Puts the request of the smoke test.',
      wildcard: 'Each smoke test has a request of its own.',
    },
    {
      sid: 'Answer',
      actions: ['s3:GetObject'],
      resources: below(environment, 'output', 'failure'),
      why: 'Reads its answer.',
      wildcard: 'SageMaker generates the keys of answers.',
    },
    listBucket('AnswerBucket', environment.captureBucket, 'Checks whether the answer is there.'),
    useOwnKey(KMS_PUT, 'Encrypts the request, and decrypts its answer.'),
  ],
  smokeTest: 'smoke_test',
};

function notify({ endpoint: { asynchronous: options } }: NamedEnvironment): Grant[] {
  const topics = [options?.successTopicArn, options?.errorTopicArn].filter(topic => topic !== undefined);
  return topics.length === 0 ? [] : [{
    sid: 'Notifications',
    actions: ['sns:Publish'],
    resources: [...new Set(topics)],
    why: 'Notifies of answers and of failed requests.',
  }];
}
