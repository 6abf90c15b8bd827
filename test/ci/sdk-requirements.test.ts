import { SDK_REQUIREMENTS } from '../../src/ci/github/sdk-requirements';

test('every package of the SDK has one version, and a digest for each of its files', () => {
  const names = SDK_REQUIREMENTS.map(line => line.split('==')[0]);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toEqual(expect.arrayContaining(['boto3', 'botocore', 's3transfer', 'urllib3']));
  for (const line of SDK_REQUIREMENTS) {
    expect(line).toMatch(/^[a-z0-9-]+==[0-9][0-9a-z.]*( --hash=sha256:[0-9a-f]{64})+$/);
  }
});

test('no name of an index is in it', () => {
  expect(SDK_REQUIREMENTS.join('\n')).not.toMatch(/:\/\/|index/);
});
