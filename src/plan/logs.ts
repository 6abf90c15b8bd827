/** The log group of a CodeBuild project, which CodeBuild names (CodeBuild user guide, "Log group"). */
export const buildLog = (project: string): string => `/aws/codebuild/${project}`;

/** A state machine's log group; the prefix keeps resource policies short (Step Functions guide, "Logging"). */
export const machineLog = (stateMachine: string): string => `/aws/vendedlogs/states/${stateMachine}`;

/** The log group of a function, which Lambda names (Lambda guide, "Log group names"). */
export const functionLog = (name: string): string => `/aws/lambda/${name}`;

/** The log group of a trail. */
export const trailLog = (trail: string): string => `/aws/cloudtrail/${trail}`;

/** The log group of an API's accesses; the prefix keeps resource policies short (API Gateway guide, "Logging"). */
export const apiLog = (api: string): string => `/aws/vendedlogs/apis/${api}`;

/** The log group of what a delivery stream could not deliver. */
export const streamLog = (stream: string): string => `/aws/kinesisfirehose/${stream}`;

/** Log group of all processing jobs of an account and region; SageMaker gives the name. */
export const PROCESSING_LOG = '/aws/sagemaker/ProcessingJobs';
