/** @minLength 1
 * @maxLength 256
 */
type IdentityText = string;

/** One person, as git, AWS and Jira know them. */
export interface IdentityOptions {
  /**
   * The person's full name, as it is printed in records.
   *
   * @minLength 1
   * @maxLength 128
   * @pattern ^[^\p{Cc}]*\S[^\p{Cc}]*$
   * @allowed a name of 1 to 128 characters
   * @examples ["Ada Lovelace"]
   */
  readonly name: string;

  /**
   * Names that AWS knows the person by: of the IAM user, of the Identity Center user, or the source identity.
   *
   * @uniqueItems
   * @minItems 1
   * @examples [["ada"]]
   */
  readonly aws: IdentityText[];

  /**
   * Login names at the host of the source, and e-mail addresses of commits.
   *
   * @uniqueItems
   * @default []
   * @examples [["ada-l", "ada@example.org"]]
   */
  readonly git?: IdentityText[];

  /**
   * Account IDs in Jira.
   *
   * @uniqueItems
   * @default []
   * @examples [["5b10a2844c20165700ede21g"]]
   */
  readonly jira?: IdentityText[];
}
