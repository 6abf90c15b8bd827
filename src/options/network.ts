/** An existing VPC in which builds, jobs and endpoints run. */
export interface NetworkOptions {
  /** Id of the VPC, for example `vpc-0123456789abcdef0`. */
  readonly vpcId: string;

  /** Ids of 1 to 16 private subnets of the VPC; they need a route to AWS services and to package indexes. */
  readonly subnetIds: string[];

  /** Ids of 1 to 5 security groups of the VPC. */
  readonly securityGroupIds: string[];
}
