import { actions, allow, type Service } from './statement';
import { KEY_TAG } from '../plan/names/key-tag';

/**
 * Keys have no names: the delivery's are told by their tag, and after that by their alias.
 *
 * It may take minutes until KMS goes by a new tag or alias (KMS guide, "ABAC for AWS KMS"). So what CloudFormation does
 * to a key that it has just made is not bound to either; what could take a key away or open it is. Whatever has an
 * alias, and none of the delivery's, is somebody else's and out of reach. A key without tag and alias can be tagged, as
 * CreateKey asks for the right to tag before there is a key.
 */
export const keys: Service = ({ arn, named, prefixes }) => {
  const names = prefixes.map(prefix => `${prefix}*`);
  const all = [arn('kms', 'key/*')];
  return [
    allow('KeyAliasesListed', ['kms:ListAliases'], ['*']),
    allow('KeysMade', ['kms:CreateKey', 'kms:TagResource'], ['*'], {
      StringLike: { [`aws:RequestTag/${KEY_TAG}`]: names },
    }),
    allow('KeysSetUp', actions('kms', `CreateAlias DescribeKey EnableKey EnableKeyRotation GetKeyPolicy
      GetKeyRotationStatus ListResourceTags`), all),
    allow('KeyAliases', actions('kms', 'CreateAlias DeleteAlias UpdateAlias'), named('kms', 'alias/{}*')),
    allow('KeysChanged', actions('kms', `DeleteAlias DisableKeyRotation PutKeyPolicy ScheduleKeyDeletion TagResource
      UntagResource UpdateAlias UpdateKeyDescription`), all, {
      StringLike: { [`aws:ResourceTag/${KEY_TAG}`]: names },
    }),
    // Tables and repositories have grants made; nobody makes one for others.
    allow('KeysGranted', actions('kms', 'CreateGrant RevokeGrant'), all, {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
    // Which services ask for it with the rights of this role is not said of all of them; none is asked directly.
    allow('KeysUsed', actions('kms', 'Decrypt Encrypt GenerateDataKey RetireGrant'), all, {
      StringLike: { 'kms:ViaService': '*.amazonaws.com' },
    }),
    {
      Sid: 'KeysOfOthers',
      Effect: 'Deny',
      Action: actions('kms', `CreateAlias CreateGrant DeleteAlias DisableKeyRotation EnableKey EnableKeyRotation Encrypt
        GenerateDataKey PutKeyPolicy RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias
        UpdateKeyDescription`),
      Resource: all,
      Condition: {
        'Null': { 'kms:ResourceAliases': 'false' },
        'ForAllValues:StringNotLike': { 'kms:ResourceAliases': prefixes.map(prefix => `alias/${prefix}*`) },
      },
    },
  ];
};
