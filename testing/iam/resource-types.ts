import { createRequire } from 'node:module';
import * as path from 'node:path';

type Find = (resource: string, patterns: string[]) => string[];

/**
 * Lets the evaluator keep which types of resources an ARN can be. It works that out anew for each request, character by
 * character, which takes three quarters of its time; the answer depends on the ARN and the types alone.
 */
export function keepResourceTypes(): void {
  const ofEvaluator = createRequire(require.resolve('@cloud-copilot/iam-simulate'));
  const folder = path.dirname(ofEvaluator.resolve('@cloud-copilot/iam-utils'));
  const file = path.join(folder, 'resourceTypes.js');
  const library = ofEvaluator(file) as { mostSpecificMatchingResourceTypePatterns: Find };
  const find = library.mostSpecificMatchingResourceTypePatterns;
  const kept = new Map<string, string[]>();
  library.mostSpecificMatchingResourceTypePatterns = (resource, patterns) => {
    const question = [resource, ...patterns].join('\n');
    const found = kept.get(question) ?? find(resource, patterns);
    kept.set(question, found);
    return found;
  };
}
