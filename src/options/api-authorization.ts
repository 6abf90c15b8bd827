/** How callers prove who they are. */
export enum ApiAuthorization {
  /** Requests are signed with AWS credentials (Signature Version 4), which need the right `execute-api:Invoke`. */
  IAM = 'iam',
  /** Requests bring a token of an OpenID Connect provider. HTTP APIs only. */
  JWT = 'jwt',
  /** Anybody who reaches the API may call it: for APIs that are private, or behind an API key or another gateway. */
  NONE = 'none',
}

/** Who may call the API. */
export interface ApiAuthorizationOptions {
  /**
   * How callers prove who they are.
   *
   * @default "iam"
   */
  readonly type?: ApiAuthorization;

  /**
   * Issuer of the tokens.
   *
   * @pattern ^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s?#]*)?$
   * @allowed an address that begins with https://
   * @default - none; required with "jwt"
   * @examples ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"]
   */
  readonly issuer?: string;

  /**
   * Audiences: a token must name one of them.
   *
   * @minItems 1
   * @maxItems 50
   * @uniqueItems
   * @default - none; required with "jwt"
   * @examples [["churn-api"]]
   */
  readonly audience?: ApiClaim[];

  /**
   * Scopes: a token must have one of them.
   *
   * @minItems 1
   * @maxItems 10
   * @uniqueItems
   * @default - tokens need no scope
   * @examples [["churn/predict"]]
   */
  readonly scopes?: ApiClaim[];
}

/**
 * @pattern ^[^\s]{1,256}$
 * @allowed 1 to 256 characters without blanks
 */
type ApiClaim = string;
