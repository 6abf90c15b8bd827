import { type Call, calls, type World } from './world';
import type { Place } from '../../../../src/plan/place';

/** Calls on items of a table of requests, all of which name the kind. */
export function itemCalls(world: World, place: Place, table: string, kind: string, actions: readonly string[]): Call[] {
  return calls(world.arn(place, 'dynamodb', `table/${table}`), actions.map(action => `dynamodb:${action}`), {
    'dynamodb:LeadingKeys': [kind],
  });
}
