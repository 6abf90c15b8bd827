/** The deploy pipeline's variable: ARN of the package to deploy. */
export const PACKAGE_VARIABLE = 'ModelPackageArn';

/**
 * Its default, because a variable cannot be empty: the execution brings no package, so each environment keeps what is
 * live there.
 */
export const KEEP_LIVE = 'keep-live';

/** Value of an endpoint template's parameter where there is no model yet. */
export const NO_PACKAGE = 'none';

/** Name of the inference specification that names a package's sealed artifact (`tools/deploy/seal.py`). */
export const SEALED = 'sealed';
