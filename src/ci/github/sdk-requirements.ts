/**
 * The AWS SDK of jobs that run tools, with everything that it stands on, and the SHA-256 of each file: pip takes nothing
 * else, whatever a package index serves. Written by `scripts/sdk_requirements.py`.
 */
const PACKAGES: ReadonlyArray<readonly [name: string, hashes: readonly string[]]> = [
  ['boto3==1.44.8', [
    '099caf21553bbbfef118904aa02fadb8776a534704cf00bede0ed9f29a4da88e',
    '32f646d28ea25820ec210cfa48e2409bf06a4a529c8b243013fd045716e99826',
  ]],
  ['botocore==1.44.8', [
    '76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043',
    '945b783c1a1259e2a8b078f3f3dd40fae32ea84ab01d3a9953af6b378da7108a',
  ]],
  ['jmespath==1.1.0', [
    '472c87d80f36026ae83c6ddd0f1d05d4e510134ed462851fd5f754c8c3cbb88d',
    'a5663118de4908c91729bea0acadca56526eb2698e83de10cd116ae0f4e97c64',
  ]],
  ['python-dateutil==2.9.0.post0', [
    '37dd54208da7e1cd875388217d5e00ebd4179249f90fb72437e91a35459a0ad3',
    'a8b2bc7bffae282281c8140a97d3aa9c14da0b136dfe83f850eea9a5f7470427',
  ]],
  ['s3transfer==0.19.3', [
    '24eb7535804306355e31c952a90022bf5b2f9d760f9a11062c7493a217c08553',
    '8326acc3d056d7f7b8a37110c7d2aea41f67e83f6ae79cd3b5fbcca34c726406',
  ]],
  ['six==1.17.0', [
    '4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274',
    'ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81',
  ]],
  ['urllib3==2.8.0', [
    '0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3',
    '63bf2ead4c879426ebf22ef2a781eeb4aa3b4ae798a0435506f8687fd5bb9b63',
  ]],
];

/** The same as lines of a requirements file. */
export const SDK_REQUIREMENTS = PACKAGES.map(([name, hashes]) =>
  [name, ...hashes.map(hash => `--hash=sha256:${hash}`)].join(' '));
