import { arn } from '../arn';
import type { Place } from '../place';
import type { Grant } from '../roles/role-model';

/** The tag by which a CloudFormation role recognises the models and endpoint configurations of its environment. */
export const ENVIRONMENT_TAG = 'sagemaker-cicd:endpoint';

/** Making, reading and deleting resources that CloudFormation names, kept to one environment by their tag. */
export function ownTagged(place: Place, type: string, word: string, value: string): Grant[] {
  const resources = [arn(place, 'sagemaker', `${type}/*`)];
  const wildcard = 'CloudFormation generates the name; the tag condition limits it to this environment.';
  return [
    {
      sid: `Create${word}`,
      actions: ['sagemaker:AddTags', `sagemaker:Create${word}`],
      resources,
      conditions: { StringEquals: { [`aws:RequestTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'Creates a new one for each deployment.',
      wildcard,
    },
    {
      sid: `Delete${word}`,
      actions: [`sagemaker:Delete${word}`],
      resources,
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'Removes the one that a failed deployment created.',
      wildcard,
    },
    {
      sid: `Read${word}`,
      actions: [`sagemaker:Describe${word}`, 'sagemaker:ListTags'],
      resources,
      why: 'Checks whether it exists.',
      wildcard: 'CloudFormation generates the name, and reads the resource before it has tags.',
    },
  ];
}
