/** Something of AWS that a region has or has not. */
export type RegionalService =
  'codePipeline' | 'codeBuild' | 'codeCommit' | 'codeCommitCreate' | 'codeConnections' | 'modelRegistry'
  | 'endpoints' | 'functionUrls' | 'chat' | 'httpApis' | 'restApis';

/** The day of the data below. */
export const REGION_DATA_DATE = '2026-10-20';

/**
 * Every region, with what it lacks. Written by `scripts/region_services.py` from the regional schemas of
 * cfn-lint 1.58.0 and from botocore 1.44.5.
 */
export const LACKING: { readonly [region: string]: readonly RegionalService[] } = {
  'af-south-1': ['codeCommitCreate', 'codeConnections'],
  'ap-east-1': ['codeConnections'],
  'ap-east-2': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'functionUrls', 'codeCommit'],
  'ap-northeast-1': [],
  'ap-northeast-2': [],
  'ap-northeast-3': ['codeConnections'],
  'ap-south-1': [],
  'ap-south-2': ['codeCommitCreate', 'codeConnections', 'modelRegistry', 'functionUrls'],
  'ap-southeast-1': [],
  'ap-southeast-2': [],
  'ap-southeast-3': ['codeCommitCreate', 'codeConnections'],
  'ap-southeast-4': ['codeCommitCreate', 'codeConnections', 'modelRegistry', 'functionUrls', 'codeCommit'],
  'ap-southeast-5': ['codeCommitCreate', 'codeConnections', 'functionUrls', 'codeCommit'],
  'ap-southeast-6': ['codeCommitCreate', 'codeConnections', 'modelRegistry', 'functionUrls', 'codeCommit'],
  'ap-southeast-7': ['codeCommitCreate', 'codeConnections', 'functionUrls', 'codeCommit'],
  'ca-central-1': [],
  'ca-west-1': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'functionUrls', 'codeCommit'],
  'cn-north-1': ['codeConnections', 'modelRegistry', 'chat'],
  'cn-northwest-1': ['codeConnections', 'modelRegistry', 'functionUrls', 'chat'],
  'eu-central-1': [],
  'eu-central-2': ['codeCommitCreate', 'codeConnections', 'functionUrls', 'codeCommit'],
  'eu-isoe-west-1': ['codePipeline', 'codeBuild', 'codeCommitCreate', 'codeConnections', 'chat', 'codeCommit'],
  'eu-north-1': [],
  'eu-south-1': [],
  'eu-south-2': ['codeCommitCreate', 'codeConnections', 'codeCommit'],
  'eu-west-1': [],
  'eu-west-2': [],
  'eu-west-3': [],
  'eusc-de-east-1': ['codeCommitCreate', 'codeConnections', 'chat', 'codeCommit'],
  'il-central-1': ['codeCommitCreate', 'codeConnections', 'functionUrls'],
  'me-central-1': ['codeCommitCreate', 'codeConnections', 'endpoints', 'functionUrls'],
  'me-south-1': ['codeConnections', 'chat'],
  'mx-central-1': ['codeBuild', 'codeCommitCreate', 'codeConnections', 'functionUrls', 'codeCommit'],
  'sa-east-1': [],
  'us-east-1': [],
  'us-east-2': [],
  'us-gov-east-1': ['modelRegistry', 'endpoints', 'functionUrls', 'chat'],
  'us-gov-west-1': ['functionUrls', 'chat'],
  'us-iso-east-1': ['codePipeline', 'codeCommitCreate', 'codeConnections', 'chat', 'codeCommit'],
  'us-iso-west-1': [
    'codePipeline', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'endpoints', 'chat', 'codeCommit',
  ],
  'us-isob-east-1': ['codePipeline', 'codeCommitCreate', 'codeConnections', 'chat', 'codeCommit'],
  'us-isob-west-1': [
    'codePipeline', 'codeBuild', 'codeCommitCreate', 'codeConnections', 'modelRegistry', 'endpoints', 'chat',
    'httpApis', 'restApis', 'codeCommit',
  ],
  'us-isof-east-1': ['codeCommitCreate', 'codeConnections', 'chat', 'httpApis', 'restApis', 'codeCommit'],
  'us-isof-south-1': ['codeCommitCreate', 'codeConnections', 'chat', 'httpApis', 'restApis', 'codeCommit'],
  'us-west-1': [],
  'us-west-2': [],
};
