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
 * @fix Of a session (arn:aws:sts::<account>:assumed-role/<name>/<session>) give the role.
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
 * People by what they sign in with; at least one of these. They also need the right to take on the role
 * (`sts:AssumeRole`) by a policy of their own.
 *
 * @allowed an object with userArns, roleArns or permissionSets
 */
export interface PeopleOptions {
  /**
   * ARNs of IAM users, of any account; each has to sign in with a second factor (MFA).
   *
   * @uniqueItems
   * @default - none
   */
  readonly userArns?: UserArn[];

  /**
   * ARNs of IAM roles, of any account, for example those of people who sign in through an identity provider, which
   * looks after the second factor: AWS is not told of it.
   *
   * @uniqueItems
   * @default - none
   */
  readonly roleArns?: RoleArn[];

  /**
   * Names of permission sets of IAM Identity Center that are assigned in the account of the role; Identity Center looks
   * after the second factor.
   *
   * @uniqueItems
   * @default - none
   */
  readonly permissionSets?: PermissionSetName[];
}

/**
 * Who takes on the roles that decide by hand; sessions last an hour.
 *
 * Administrators, and whoever else has the same rights by other policies, can decide without these roles.
 */
export interface ApproverOptions {
  /**
   * Who approves and rejects model packages: takes on `<project>-<group>-approver` in each build account.
   *
   * @default - every role of the build account that may take on roles, and its IAM users with a second factor
   */
  readonly models?: PeopleOptions;

  /**
   * Who approves deployments: takes on `<project>-<group>-releaser` in the tooling account.
   *
   * @default - every role of the tooling account that may take on roles, and its IAM users with a second factor
   */
  readonly deployments?: PeopleOptions;

  /**
   * Who approves what changes in the infrastructure: takes on `<project>-infrastructureapprover` in the
   * tooling account.
   *
   * @default - those who approve deployments
   */
  readonly infrastructure?: PeopleOptions;
}
