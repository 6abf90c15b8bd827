import { EndpointKind, EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** No endpoint: files are scored as they arrive, and in production every weekday, with their identifiers beside. */
export const options: SageMakerCicdProjectOptions = {
  name: 'renewals',
  endpoint: { kind: EndpointKind.BATCH, instanceCount: 2, batch: { onArrival: true } },
  deploymentGroups: [{
    name: 'main',
    deployEnvironments: [
      { name: 'staging', type: EnvironmentType.PREPROD },
      {
        name: 'prod',
        type: EnvironmentType.PROD,
        endpoint: {
          batch: {
            inputUri: 's3://renewals-of-the-week/customers/', outputUri: 's3://renewals-of-the-week/scores',
            // The first column is the customer's number, which the model does not know.
            inputFilter: '$[1:]', outputFilter: '$[0,-2,-1]',
            schedule: 'cron(0 6 ? * MON-FRI *)', timeZone: 'Europe/Berlin',
          },
        },
      },
    ],
  }],
};
