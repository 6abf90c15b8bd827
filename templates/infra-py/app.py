"""The CDK app: hands config/delivery.json to the constructs of sagemaker-cicd-projen. Yours to extend."""

import aws_cdk as cdk
from sagemaker_cicd_projen import infra

app = cdk.App()

infra.SageMakerCicd.from_config(app, "Delivery", "config/delivery.json")

app.synth()
