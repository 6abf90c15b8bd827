// The CDK app: reads config/delivery.json and hands it to the constructs of sagemaker-cicd-projen. Yours to extend.
import { App } from 'aws-cdk-lib/core';
import { infra } from 'sagemaker-cicd-projen';

const app = new App();

infra.SageMakerCicd.fromConfig(app, 'Delivery', 'config/delivery.json');

app.synth();
