import { toolsIn } from '../shared/tools-asset';

/** The handler's modules; the hooks and what they share with the deploy tools are beside them. */
const MODULES = [
  'handler', 'afterwards', 'authorising', 'breaker', 'events', 'interface', 'model', 'queued', 'sending', 'settings',
  'stream', 'telemetry', 'trace_context',
];

/** The model's interface, which `pipeline:serve` answers by too. */
const INTERFACE = '../runner/local_runner/api';

/** What an API's handler consists of, beside its `settings.json`; its function is `handler.answer`. */
export function handlerFiles(): string[] {
  return [...MODULES.map(name => `api/${name}.py`), ...toolsIn(INTERFACE, /\.py$/)];
}
