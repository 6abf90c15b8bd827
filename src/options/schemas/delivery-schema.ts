import { declared } from './declared';
import type { JsonSchema } from '../engine/json-schema';

const { properties = {}, ...delivery } = declared('DeliveryOptions');

/** JSON Schema of `config/delivery.json`, and of the options that it is made from. */
export const deliverySchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Delivery of a SageMaker model',
  ...delivery,
  properties: {
    $schema: { type: 'string', description: 'This schema.' },
    ...properties,
    // A repository takes the smoke test from its data; constructs alone know no data.
    endpoint: { ...properties.endpoint, required: ['smokeTest'] },
  },
};
