import { arn } from '../arn';
import type { Place } from '../place';
import type { Grant } from '../roles/role-model';

/** The tag by which a CloudFormation role recognises the models and endpoint configurations of its environment. */
export const ENVIRONMENT_TAG = 'sagemaker-cicd:endpoint';

/** Making, reading and deleting resources that CloudFormation names, kept to one environment by their tag. */
export function ownTagged(place: Place, type: string, word: string, value: string): Grant[] {
  const resources = [arn(place, 'sagemaker', `${type}/*`)];
  const wildcard = 'CloudFormation makes up the name; the tag in the condition keeps it to this environment.';
  return [
    {
      sid: `Create${word}`,
      actions: ['sagemaker:AddTags', `sagemaker:Create${word}`],
      resources,
      conditions: { StringEquals: { [`aws:RequestTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'Each deployment makes a new one.',
      wildcard,
    },
    {
      sid: `Delete${word}`,
      actions: [`sagemaker:Delete${word}`],
      resources,
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: value } },
      why: 'The one of a deployment that failed is removed.',
      wildcard,
    },
    {
      sid: `Read${word}`,
      actions: [`sagemaker:Describe${word}`, 'sagemaker:ListTags'],
      resources,
      why: 'CloudFormation looks whether it is there.',
      wildcard: 'CloudFormation makes up the name and asks for it before there are tags.',
    },
  ];
}
