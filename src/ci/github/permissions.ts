/** Why a job may write something; whoever reads a workflow sees it beside the permission. */
const REASONS: { readonly [scope: string]: string } = {
  'actions': 'starts what waits to be built',
  'contents': 'pushes a branch',
  'id-token': 'takes on the role of this job',
  'pull-requests': 'opens a pull request, or updates it',
};

/** A workflow's text with the reason of each right to write beside it. */
export function withReasons(text: string): string {
  return text.replace(/^ +([a-z-]+): write$/gm, (line, scope: string) =>
    REASONS[scope] ? `${line} # ${REASONS[scope]}` : line);
}
