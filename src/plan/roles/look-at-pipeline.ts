import type { Grant } from './role-model';
import { arn } from '../arn';
import type { Place } from '../place';

/** Looking at what a pipeline waits for. */
export function lookAtPipeline(place: Place, pipeline: string): Grant {
  return {
    sid: 'Look',
    actions: [
      'GetPipeline',
      'GetPipelineExecution',
      'GetPipelineState',
      'ListActionExecutions',
      'ListPipelineExecutions',
    ].map(a => `codepipeline:${a}`),
    resources: [arn(place, 'codepipeline', pipeline)],
    why: 'Finds the actions that wait for approval.',
  };
}
