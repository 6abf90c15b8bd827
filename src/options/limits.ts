/*
 * Texts and numbers whose limits several options share. jsii sees a string or a number; what the tags say is read by
 * scripts/options.ts, see ARCHITECTURE.md.
 */

/**
 * @pattern ^\d{12}$
 * @allowed a 12-digit string
 * @fix Write the account ID in quotes, with leading zeros.
 * @examples ["111111111111"]
 */
export type AccountId = string;

/**
 * @pattern ^[a-z]{2,4}(-[a-z]+)+-\d$
 * @allowed the name of a region, for example "eu-west-1"
 * @examples ["eu-west-1"]
 */
export type RegionName = string;

/**
 * The names that git takes for a branch (git-check-ref-format(1), with `--branch`), in at most 255 characters: no
 * control characters, blanks or ~^:?*[\; no "..", "//" or "@{"; no part that starts with "." or ends with ".lock"; no
 * "-" or "/" at the start, no "/" or "." at the end; neither "@" nor "HEAD".
 *
 * @pattern ^(?![-/])(?!(@|HEAD)$)(?!.*(\.\.|//|@\{))(?!(.*\/)?\.)(?!.*\.lock(/|$))(?!.*[/.]$)[^\s\p{Cc}~^:?*\[\\]{1,255}$
 * @allowed the name of a git branch
 * @examples ["main"]
 */
export type BranchName = string;

/**
 * A SageMaker instance type.
 *
 * @pattern ^ml\.[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|metal|[1-9][0-9]*xlarge|xlarge)$
 * @allowed a SageMaker instance type such as ml.m5.large
 * @fix See the SageMaker pricing page for the instance types in your region.
 * @examples ["ml.m5.xlarge"]
 */
export type InstanceType = string;

/**
 * @pattern ^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$
 * @allowed the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)
 * @examples ["arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
 */
export type KmsKeyArn = string;

/**
 * @pattern ^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
 * @allowed the ARN of a bucket (arn:aws:s3:::<name>)
 * @examples ["arn:aws:s3:::acme-access-logs"]
 */
export type BucketArn = string;

/**
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$
 * @allowed 1 to 63 letters, digits, ".", "_" and "-", starting with a letter or digit
 * @examples ["staging"]
 */
export type EnvironmentName = string;

/**
 * @pattern ^[\w.+-]+/[\w.+-]+(;.*)?$
 * @allowed a media type, for example "text/csv"
 * @examples ["text/csv"]
 */
export type MediaType = string;

/**
 * @minLength 1
 * @maxLength 256
 * @examples ["customer_id"]
 */
export type ColumnName = string;

/** @minLength 1 */
export type Command = string;

/**
 * SNS API reference, CreateTopic: 1 to 256 letters, digits, "_" and "-". A FIFO topic delivers no e-mail and is no
 * target of an alarm.
 *
 * @pattern ^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$
 * @allowed the ARN of a standard SNS topic (arn:aws:sns:<region>:<account>:<name>)
 * @examples ["arn:aws:sns:eu-west-1:111111111111:ml-alerts"]
 */
export type TopicArn = string;

/**
 * Secrets Manager API reference, CreateSecret, Name; six random characters are appended to it.
 *
 * @pattern ^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}$
 * @allowed the ARN of a Secrets Manager secret (arn:aws:secretsmanager:<region>:<account>:secret:<name>)
 * @examples ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:ml/jira-AbCdEf"]
 */
export type SecretArn = string;
