/** What projen takes for a no in an environment variable, beside one that is not set. */
const NO = ['', '0', 'false', 'null', 'undefined'];

/** Whether projen leaves out its steps after this synth, the installation of packages for one. */
export function isPostSynthesisDisabled(): boolean {
  return !NO.includes((process.env.PROJEN_DISABLE_POST ?? '').toLowerCase());
}
