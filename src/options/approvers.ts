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
 * IAM Identity Center API reference, CreatePermissionSet.
 *
 * @pattern ^[\w+=,.@-]{1,32}$
 * @allowed the name of a permission set, 1 to 32 letters, digits and _ + = , . \u0040 -
 * @examples ["MlApprovers"]
 */
type PermissionSetName = string;

/**
 * Who may assume the role, by how they sign in; at least one of these. Their own policies must also allow
 * `sts:AssumeRole` on the role.
 *
 * @allowed an object with userArns, roleArns or permissionSets
 */
export interface PeopleOptions {
  /**
   * ARNs of IAM users, of any account; each must sign in with MFA.
   *
   * @uniqueItems
   * @default - none
   */
  readonly userArns?: UserArn[];

  /**
   * ARNs of IAM roles, of any account, for example those of people who sign in through an identity provider. The
   * identity provider must enforce MFA: AWS cannot see it.
   *
   * @uniqueItems
   * @default - none
   */
  readonly roleArns?: RoleArn[];

  /**
   * Names of permission sets of IAM Identity Center that are assigned in the role's account. Identity Center must
   * enforce MFA.
   *
   * @uniqueItems
   * @default - none
   */
  readonly permissionSets?: PermissionSetName[];
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
