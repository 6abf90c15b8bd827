/**
 * Actions by commit, since a tag can be moved; the version is shown beside it. The same versions as projen's own
 * workflows use.
 */
const ACTIONS = {
  'actions/checkout': ['3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'],
  'actions/setup-node': ['820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'],
  'actions/setup-python': ['5fda3b95a4ea91299a34e894583c3862153e4b97', 'v7.0.0'],
  'actions/upload-artifact': ['043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 'v7.0.1'],
  'actions/download-artifact': ['3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', 'v8.0.1'],
  'aws-actions/configure-aws-credentials': ['e6de054238d6b7531b4efff3b6587d9aade6a06c', 'v6.2.3'],
} as const;

type Action = keyof typeof ACTIONS;

/** An action as a step of a workflow uses it. */
export function action(name: Action): string {
  return `${name}@${ACTIONS[name][0]}`;
}

/** A workflow's text with the version of each action beside its commit: YAML objects hold no comments. */
export function withVersions(text: string): string {
  return text.replace(/^ *(?:- )?uses: ([^@\s]+)@[0-9a-f]{40}$/gm, (line, name: Action) =>
    `${line} # ${ACTIONS[name][1]}`);
}
