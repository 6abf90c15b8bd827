import { EndpointKind, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** Large requests now and then: they wait in a queue, and instances run only while there are any. */
export const options: SageMakerCicdProjectOptions = {
  name: 'documents',
  problemType: 'multiclass',
  endpoint: {
    kind: EndpointKind.ASYNCHRONOUS,
    autoscaling: {
      minCapacity: 0,
      maxCapacity: 4,
      backlogPerInstance: 5,
      schedules: [{ name: 'mornings', schedule: 'cron(0 6 ? * MON-FRI *)', timeZone: 'Europe/Berlin', minCapacity: 1 }],
    },
  },
};
