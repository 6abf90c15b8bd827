import { deliverySchema, endpointSchema } from './delivery-schema';
import { qualityGateSchema, trainingSchema, upgradeSchema, wordSchemas } from './model-schema';
import { projenSchemas } from './projen-schema';
import type { JsonSchema } from '../engine/json-schema';

/** What a project option that is a struct says to somebody who gave it as a flag. */
const IN_RC_FILE = 'Write it as an object in the rc file; it cannot be given as a flag on the command line.';

const { framework, modelName, name, problemType, projenrcPython, userOwned, devDeps } = wordSchemas;
const {
  source, tooling, deploymentGroups, infrastructure, network, permissionsBoundaryName, s3AccessLogsBucketArn, tags,
  notifications, containerRepositories, promotion,
} = deliverySchema.properties ?? {};

const LIST_IN_RC_FILE = IN_RC_FILE.replace('an object', 'a list of objects');

function struct(schema: JsonSchema): JsonSchema {
  return { 'x-fix': schema.type === 'array' ? LIST_IN_RC_FILE : IN_RC_FILE, ...schema };
}

/** Schema of the options of `SageMakerCicdProject`, in the order in which problems are listed. */
export const projectSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name,
    modelName,
    framework,
    problemType,
    projenrcPython,
    training: trainingSchema,
    qualityGate: qualityGateSchema,
    source: struct(source),
    tooling: struct(tooling),
    deploymentGroups: struct(deploymentGroups),
    endpoint: struct(endpointSchema),
    infrastructure: struct(infrastructure),
    network: struct(network),
    permissionsBoundaryName,
    s3AccessLogsBucketArn,
    tags: struct(tags),
    userOwned,
    upgrade: upgradeSchema,
    notifications: struct(notifications),
    containerRepositories: struct(containerRepositories),
    // Its own advice names the two fields that it cannot be without.
    promotion,
    devDeps,
    ...projenSchemas,
  },
};
