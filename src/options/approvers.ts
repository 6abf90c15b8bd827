/**
 * Names and paths are those of IAM (IAM user guide, "IAM and AWS STS quotas": names of 64 characters, paths of 512).
 *
 * @pattern ^arn:aws[a-z-]*:iam::\d{12}:user/(?=.{1,576}$)([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$
 * @allowed the ARN of an IAM user (arn:aws:iam::<account>:user/<name>)
 * @examples ["arn:aws:iam::111111111111:user/ada"]
 */
type UserArn = string;

/**
 * @pattern ^arn:aws[a-z-]*:iam::\d{12}:role/(?=.{1,576}$)([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$
 * @allowed the ARN of an IAM role (arn:aws:iam::<account>:role/<name>)
 * @fix For a session (arn:aws:sts::<account>:assumed-role/<name>/<session>), give its role.
 * @examples ["arn:aws:iam::111111111111:role/ml-leads"]
 */
type RoleArn = string;

/**
 * IAM API reference, CreateSAMLProvider.
 *
 * @pattern ^arn:aws[a-z-]*:iam::\d{12}:saml-provider/[\w+=,.@-]{1,128}$
 * @allowed the ARN of a SAML provider (arn:aws:iam::<account>:saml-provider/<name>)
 * @examples ["arn:aws:iam::111111111111:saml-provider/company"]
 */
type SamlProviderArn = string;

/**
 * IAM Identity Center API reference, CreatePermissionSet.
 *
 * @pattern ^[\w+=,.@-]{1,32}$
 * @allowed the name of a permission set, 1 to 32 letters, digits and _ + = , . \u0040 -
 * @examples ["MlApprovers"]
 */
type PermissionSetName = string;

/**
 * Who may assume the role, by how they sign in; at least one of these. Their own policies must also allow
 * `sts:AssumeRole` on the role, and with `governance.boundIdentities` `sts:SetSourceIdentity`.
 *
 * @allowed an object with userArns, roleArns, permissionSets or samlProviderArns
 */
export interface PeopleOptions {
  /**
   * ARNs of IAM users, of any account; each must sign in with MFA. With `governance.boundIdentities` the name of the
   * user must be given as the name of the session and as its source identity.
   *
   * @uniqueItems
   * @default - none
   */
  readonly userArns?: UserArn[];

  /**
   * ARNs of IAM roles, of any account, for example those of people who sign in through an identity provider. The
   * identity provider must enforce MFA: AWS cannot see it. With `governance.boundIdentities` only sessions with a source
   * identity get in: let the identity provider, and nobody else, set it when these roles are assumed.
   *
   * @uniqueItems
   * @default - none
   */
  readonly roleArns?: RoleArn[];

  /**
   * Names of permission sets of IAM Identity Center that are assigned in the role's account. Identity Center must
   * enforce MFA. With `governance.boundIdentities` the name of the user in Identity Center must be given as the name of
   * the session and as its source identity.
   *
   * @uniqueItems
   * @default - none
   */
  readonly permissionSets?: PermissionSetName[];

  /**
   * ARNs of SAML providers of IAM in the accounts of the role, for people who sign in straight into it, with the console
   * too. Whom they let in is decided at the identity provider, by the role in its assertion; it must enforce MFA. With
   * `governance.boundIdentities` the assertion must set the source identity.
   *
   * @uniqueItems
   * @maxItems 10
   * @default - none
   */
  readonly samlProviderArns?: SamlProviderArn[];
}

/**
 * Who assumes the roles that approve; sessions last an hour.
 *
 * Administrators, and others with the same permissions, can approve without these roles.
 */
export interface ApproverOptions {
  /**
   * Who approves and rejects model packages, with the role `<project>-<group>-approver` in each build account.
   *
   * @default - every role of the build account that may assume roles, and its IAM users with MFA
   */
  readonly models?: PeopleOptions;

  /**
   * Who approves deployments, rolls back, and has versions tried again, with the role `<project>-<group>-releaser` in
   * the tooling account.
   *
   * @default - every role of the tooling account that may assume roles, and its IAM users with MFA
   */
  readonly deployments?: PeopleOptions;

  /**
   * Who approves changes of the infrastructure, with the role `<project>-infrastructureapprover` in the tooling
   * account.
   *
   * @default - those who approve deployments
   */
  readonly infrastructure?: PeopleOptions;
}
