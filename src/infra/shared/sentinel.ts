/** The deploy pipeline's variable: ARN of the package to deploy. */
export const PACKAGE_VARIABLE = 'ModelPackageArn';

/**
 * Its default, because a variable cannot be empty: the execution brings no package, so each environment keeps what is
 * live there.
 */
export const KEEP_LIVE = 'keep-live';

/** The deploy pipeline's variable: environments in which the package is tried again though it was rolled back there. */
export const RETRY_VARIABLE = 'RetryIn';

/** The deploy pipeline's variable: environments that return at once to the version before. */
export const ROLL_BACK_VARIABLE = 'RollBackIn';

/** What a variable that names environments is unless somebody says otherwise, because it cannot be empty. */
export const NOWHERE = 'none';

/** Value of an endpoint template's parameter where there is no model yet. */
export const NO_PACKAGE = 'none';

/** Name of the inference specification that names a package's sealed artifact (`tools/deploy/seal.py`). */
export const SEALED = 'sealed';
