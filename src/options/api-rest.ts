/**
 * A group of callers with an API key and limits of its own.
 *
 * In Python write `ApiUsagePlanOptions(...)`: in a list, jsii silently drops unknown keys of a plain dict.
 */
export interface ApiUsagePlanOptions {
  /**
   * Name of the plan and its key.
   *
   * @pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$
   * @allowed 1 to 63 letters, digits, "_" and "-", starting with a letter or digit
   * @examples ["billing"]
   */
  readonly name: string;

  /**
   * Requests a second.
   *
   * @asType integer
   * @minimum 1
   * @maximum 10000
   * @default 10
   */
  readonly requestsPerSecond?: number;

  /**
   * Requests that may come at the same moment.
   *
   * @asType integer
   * @minimum 1
   * @maximum 10000
   * @default 20
   */
  readonly burst?: number;

  /**
   * Requests a day.
   *
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   * @default - not limited
   */
  readonly requestsPerDay?: number;
}

/** What only a REST API has. */
export interface ApiRestOptions {
  /**
   * Groups of callers. With any, each request also needs an API key; a key says who calls, it does not prove it.
   *
   * @maxItems 50
   * @default []
   */
  readonly usagePlans?: ApiUsagePlanOptions[];

  /**
   * ARN of a web ACL of AWS WAF, in the environment's account and region.
   *
   * @pattern ^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[A-Za-z0-9_-]{1,128}/[A-Za-z0-9-]+$
   * @allowed the ARN of a regional web ACL (arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>)
   * @default - none
   * @examples ["arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/apis/01234567-89ab-cdef-0123-456789abcdef"]
   */
  readonly webAclArn?: string;

  /**
   * IDs of interface VPC endpoints for `execute-api`. With any, the API is private: it is reached through them only.
   *
   * @maxItems 10
   * @uniqueItems
   * @default []
   */
  readonly privateVpcEndpointIds?: VpcEndpointId[];
}

/**
 * @pattern ^vpce-[0-9a-f]{8,17}$
 * @allowed the ID of a VPC endpoint, for example vpce-0123456789abcdef0
 * @examples ["vpce-0123456789abcdef0"]
 */
type VpcEndpointId = string;
