/**
 * @pattern ^vpc-[0-9a-f]{8,17}$
 * @allowed the ID of a VPC (vpc-...)
 * @examples ["vpc-0123456789abcdef0"]
 */
type VpcId = string;

/**
 * @pattern ^subnet-[0-9a-f]{8,17}$
 * @allowed the ID of a subnet (subnet-...)
 * @examples ["subnet-0123456789abcdef0"]
 */
type SubnetId = string;

/**
 * @pattern ^sg-[0-9a-f]{8,17}$
 * @allowed the ID of a security group (sg-...)
 * @examples ["sg-0123456789abcdef0"]
 */
type SecurityGroupId = string;

/**
 * An existing VPC in which builds, jobs and endpoints run. Its limits are those of SageMaker jobs (API reference,
 * VpcConfig).
 */
export interface NetworkOptions {
  /** ID of the VPC. */
  readonly vpcId: VpcId;

  /**
   * IDs of private subnets of the VPC; they need a route to AWS services and to package indexes.
   *
   * @minItems 1
   * @maxItems 16
   * @uniqueItems
   */
  readonly subnetIds: SubnetId[];

  /**
   * IDs of security groups of the VPC.
   *
   * @minItems 1
   * @maxItems 5
   * @uniqueItems
   */
  readonly securityGroupIds: SecurityGroupId[];
}
