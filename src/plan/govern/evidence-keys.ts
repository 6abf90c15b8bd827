/**
 * Customer metadata of a package that says what it is and where it comes from. Its registration writes the first ones
 * (`templates/python/pipelines`), sealing the second (`tools/deploy/seal.py`), and a copy
 * has the others from its registration (`tools/deploy/packages.py`). Nobody changes or removes them later.
 */
export const EVIDENCE_KEYS = {
  registration: [
    'BaselineSha256', 'CodeHash', 'ContainerImage', 'DataReport', 'DataUrl', 'DataVersion', 'DependencyLock',
    'EvaluationRows', 'EvaluationRowsSha256', 'GitBranch', 'GitCommit', 'GoldenRows', 'GoldenRowsSha256',
    'ModelSchema', 'ModelSchemaSha256', 'RepositoryTests', 'RetrainingReason', 'SdkVersion',
  ],
  seal: [
    'ArtifactSha256', 'ArtifactSignature', 'ArtifactSize', 'ArtifactSourceVersionId', 'ArtifactVersionId',
    'EvaluationSha256', 'SealedArtifact',
  ],
  copy: ['originModelPackageArn', 'sourceChecksum', 'sourceModelPackageArn'],
} as const;

/** The key that every sealed package has, and no other. */
export const SEALED_KEY = EVIDENCE_KEYS.seal[0];
