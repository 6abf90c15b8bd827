import { LIVE } from '../../plan/api/model';
import type { PlannedEnvironment } from '../../plan/endpoint/model';

/** What the functions consist of that CodeDeploy has test a version (`tools/api/hooks.py`). */
export const HOOK_FILES: readonly string[] = [
  'api/hooks.py', 'api/proof.py', 'api/proof_kept.py', '../runner/local_runner/answers.py',
];

/** What they are told in `settings.json` beside them. */
export function hookSettings(
  { api, endpoint: { smokeTest } }: Pick<PlannedEnvironment, 'api' | 'endpoint'>,
): object {
  if (!api) { return {}; }
  return {
    functionName: api.functionName,
    alias: LIVE,
    path: api.settings.path,
    smokeTest: { body: smokeTest.body, contentType: smokeTest.contentType, accept: smokeTest.accept },
  };
}
