import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Data in a bucket of one's own: another separator, another column to predict, rows of different weight, and a fixed
 * split.
 * The smoke test sends one row without the two columns that no request has.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'loans',
  training: {
    inputDataUrl: 's3://example-data-lake/loans/2026/',
    targetColumn: 'defaulted',
    separator: ';',
    sampleWeightColumn: 'exposure',
    validationFraction: 0.2,
    testFraction: 0.2,
    seed: 7,
    processingInstanceType: 'ml.m5.2xlarge',
  },
  qualityGate: { metric: 'recall', threshold: 0.8 },
  customMetrics: [{ name: 'loss_avoided', better: 'higher', minimum: 0, maximum: 1 }],
  endpoint: {
    instanceCount: 2,
    dataCapturePercentage: 20,
    dataCaptureRetentionDays: 14,
    smokeTest: { body: '41,52000,0.31,3' },
  },
};
