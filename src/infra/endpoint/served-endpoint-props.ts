/** A model, and the endpoint that it is served from; what every kind of endpoint has. */
export interface ServedEndpointProps {
  /**
   * ARN of the model package; preferably a template parameter, so that each deployment sets its own. The value "none"
   * creates no endpoint yet.
   */
  readonly modelPackageArn: string;

  /**
   * Name of the inference specification in the package that the model is made from, for example "sealed", which names
   * the artifact that was sealed.
   *
   * @default - the one that the package was registered with
   */
  readonly inferenceSpecificationName?: string;

  /** ARN of the role that the model runs with. */
  readonly executionRoleArn: string;
  /** Name of the endpoint; it never changes, so callers need not change either. */
  readonly endpointName: string;

  /**
   * Number of the attempt to serve the same package, at least 1; preferably a template parameter. A new number creates
   * a new endpoint configuration. Without a change, CloudFormation would not update an endpoint that SageMaker rolled
   * back.
   *
   * @default 1
   */
  readonly attempt?: number;
}
