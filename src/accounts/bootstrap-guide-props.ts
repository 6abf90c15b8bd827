/** What the guide does not find in the plan. */
export interface BootstrapGuideProps {
  /** What a person types to deploy. */
  readonly deployCommand: string;
  /** What a person types to see what is missing. */
  readonly preflightCommand: string;
  /** Region of the environment variables; tells the partition of a delivery without regions. */
  readonly region?: string;
}
