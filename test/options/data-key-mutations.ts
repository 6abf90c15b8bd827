import { HERE, at, group, key, project } from './place-parts';
import type { DeploymentGroupOptions } from '../../src/options';

const data = (
  inputDataKeyArns: string[], more: object = {}, parameters: DeploymentGroupOptions['parameters'] = {
    InputDataUrl: 's3://data/churn',
  },
): object => group({ parameters, buildEnvironment: { inputDataKeyArns, ...more } });

/** Keys of training data that are right one by one and wrong together with what is around them. */
export const DATA_KEYS: ReadonlyArray<readonly [string, object, string]> = [
  [
    'a key of data in another region', project(data([key('eu-west-1'), key('eu-west-2')])),
    `${at}.buildEnvironment.inputDataKeyArns[1]`,
  ],
  [
    'a key of data in the tooling\'s region, not the build\'s',
    project(data([key('eu-west-1')], { region: 'eu-west-2' })),
    `${at}.buildEnvironment.inputDataKeyArns[0]`,
  ],
  [
    'a key of data in another partition', project(data([key('cn-north-1', HERE.account, 'aws-cn')])),
    `${at}.buildEnvironment.inputDataKeyArns[0]`,
  ],
  [
    'a key without data on S3', project(data([key('eu-west-1')], {}, {})), `${at}.buildEnvironment.inputDataKeyArns`,
  ],
  [
    'a key of data by its alias', project(data(['arn:aws:kms:eu-west-1:111111111111:alias/data'])),
    `${at}.buildEnvironment.inputDataKeyArns[0]`,
  ],
];

/** Keys of training data that are right. */
export const DATA_KEYS_VALID: ReadonlyArray<readonly [string, object]> = [
  ['keys of data', project(data([key('eu-west-1'), key('eu-west-1', HERE.account).replace('0a', '0b')]))],
  ['a key of data where the build is', project(data([key('us-east-1')], { region: 'us-east-1' }))],
  ['a key of data that training names', project({
    training: { inputDataUrl: 's3://data/churn' }, endpoint: { smokeTest: { body: '1,2' } },
    ...data([key('eu-west-1')], {}, {}),
  })],
  ['no key of data', project(data([], {}, {}))],
];
