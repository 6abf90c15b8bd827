/** Something of AWS that a region has or has not. */
export type RegionalService =
  'codePipeline' | 'codeBuild' | 'codeCommit' | 'codeCommitCreate' | 'codeConnections' | 'modelRegistry'
  | 'endpoints';

/** The day of the data below. */
export const REGION_DATA_DATE = '2026-10-20';

/**
 * Every region, with what it lacks. Written by `scripts/region_services.py` from the regional schemas of
 * cfn-lint 1.58.0 and from botocore 1.44.5.
 */
export const LACKING: { readonly [region: string]: readonly RegionalService[] } = {
  'af-south-1': ['codeCommitCreate', 'codeConnections'],
  'ap-east-1': ['codeConnections'],
  'ap-east-2': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'codeCommit'],
  'ap-northeast-1': [],
  'ap-northeast-2': [],
  'ap-northeast-3': ['codeConnections'],
  'ap-south-1': [],
  'ap-south-2': ['codeCommitCreate', 'codeConnections', 'modelRegistry'],
  'ap-southeast-1': [],
  'ap-southeast-2': [],
  'ap-southeast-3': ['codeCommitCreate', 'codeConnections'],
  'ap-southeast-4': ['codeCommitCreate', 'codeConnections', 'modelRegistry', 'codeCommit'],
  'ap-southeast-5': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'ap-southeast-6': ['codeCommitCreate', 'codeConnections', 'modelRegistry', 'codeCommit'],
  'ap-southeast-7': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'ca-central-1': [],
  'ca-west-1': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'codeCommit'],
  'cn-north-1': ['codeConnections', 'modelRegistry'],
  'cn-northwest-1': ['codeConnections', 'modelRegistry'],
  'eu-central-1': [],
  'eu-central-2': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'eu-isoe-west-1': ['codePipeline', 'codeBuild', 'codeCommitCreate', 'codeConnections', 'codeCommit'],
  'eu-north-1': [],
  'eu-south-1': [],
  'eu-south-2': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'eu-west-1': [],
  'eu-west-2': [],
  'eu-west-3': [],
  'eusc-de-east-1': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'il-central-1': ['codeCommitCreate', 'codeConnections'],
  'me-central-1': ['codeCommitCreate', 'codeConnections', 'endpoints'],
  'me-south-1': ['codeConnections'],
  'mx-central-1': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'codeCommit'],
  'sa-east-1': [],
  'us-east-1': [],
  'us-east-2': [],
  'us-gov-east-1': ['modelRegistry', 'endpoints'],
  'us-gov-west-1': [],
  'us-iso-east-1': ['codePipeline', 'codeCommitCreate', 'codeConnections', 'codeCommit'],
  'us-iso-west-1': ['codePipeline', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'endpoints', 'codeCommit'],
  'us-isob-east-1': ['codePipeline', 'codeCommitCreate', 'codeConnections', 'codeCommit'],
  'us-isob-west-1': [
    'codePipeline', 'codeBuild', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'endpoints', 'codeCommit',
  ],
  'us-isof-east-1': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'us-isof-south-1': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'us-west-1': [],
  'us-west-2': [],
};
