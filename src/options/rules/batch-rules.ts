import { deployPlaces } from './environments';
import { problem, rule, type RuleFamily } from '../engine/rule';

/**
 * S3 encrypts data with keys of the bucket's region, and transform jobs read from buckets in their own (S3 user guide,
 * "Using server-side encryption with AWS KMS keys"; SageMaker API reference, S3DataSource).
 */
export const batchKeyRules: RuleFamily = options => deployPlaces(options).map(({ path, places }) => {
  const isOwn = path.includes('.deployEnvironments');
  const keys = [...(isOwn ? [`${path}.endpoint`] : []), 'endpoint'].map(struct => `${struct}.batch.inputKeyArn`);
  const regions = places.map(place => `${place}.region`);
  return rule<ReadonlyArray<string | undefined>>([...keys, ...regions], (...values) => {
    const at = keys.find((_, i) => values[i] !== undefined);
    const [arn, region] = [values.slice(0, keys.length), values.slice(keys.length)].map(some =>
      some.find(value => value !== undefined));
    const isHere = arn === undefined || region === undefined || arn.split(':')[3] === region;
    return at === undefined || isHere ? [] : [problem(
      at, arn, `a key in ${region}, where ${path} scores its data`,
      'Score data of that region, whose keys are there too, or give each environment a batch of its own.',
    )];
  });
});
