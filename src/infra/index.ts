export * from './build/model-build-environment';
export * from './build/model-build-pipeline';
export * from './deploy/approval-gate';
export * from './deploy/model-deploy-pipeline';
export * from './endpoint/deploy-environment';
export * from './endpoint/model-endpoint';
export * from './group-props';
export * from './sagemaker-cicd';
