import { text } from './schema-parts';
import type { JsonSchema } from '../engine/json-schema';

/** Schema of who hears about failures and approvals. */
export const notificationsSchema: JsonSchema = {
  type: 'object',
  description: 'Who hears about failures and about deployments that wait for an approval.',
  additionalProperties: false,
  properties: {
    emailAddresses: {
      type: 'array', maxItems: 20, uniqueItems: true, description: 'E-mail addresses that are subscribed to the topic.',
      // One "@", no blanks, a domain with a dot, 320 characters (RFC 3696 with errata 1690: 64 before the "@", 255
      // behind it).
      items: text('An e-mail address.', {
        'pattern':
          '^[^@\\s\\p{Cc}"(),:;<>\\[\\]\\\\]{1,64}@(?=.{4,255}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$',
        'x-allowed': 'an e-mail address (name@example.org)',
      }),
    },
    // SNS API reference, CreateTopic: 1 to 256 letters, digits, "_" and "-". A FIFO topic delivers no e-mail and is no
    // target of an alarm.
    topicArn: text('Existing SNS topic.', {
      'pattern': '^arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256}$',
      'x-allowed': 'the ARN of a standard SNS topic (arn:aws:sns:<region>:<account>:<name>)',
    }),
  },
};
