import { ApiAuthorization, EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * An HTTP API in front of an endpoint that is updated in place. Pages of a web application call it with tokens of an
 * OpenID Connect provider, and predictions are kept for monitoring, without the column that names a customer.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'churn-api',
  endpoint: {
    instanceCount: 2,
    api: {
      authorization: {
        type: ApiAuthorization.JWT,
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
        audience: ['churn-application'],
        scopes: ['churn/predict'],
      },
      cors: { allowOrigins: ['https://app.example.org'] },
      predictionLog: { omitColumns: ['customer_id'], retentionDays: 30 },
    },
  },
  deploymentGroups: [{
    name: 'main',
    deployEnvironments: [{ name: 'prod', type: EnvironmentType.PROD }],
  }],
};
