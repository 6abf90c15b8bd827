/** A part of the API: what is declared in one folder of `src`. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  /** Folders and files of `src`, without the ending. */
  readonly sources: readonly string[];
}

/** A language of the reference, as jsii-docgen calls it. */
export interface ApiLanguage {
  readonly id: 'typescript' | 'python';
  readonly title: string;
}

export const LANGUAGES: readonly ApiLanguage[] = [
  { id: 'typescript', title: 'TypeScript' },
  { id: 'python', title: 'Python' },
];

/** In the order in which they are of use. */
export const PARTS: readonly Part[] = [
  {
    name: 'project',
    title: 'Project',
    what: 'The project type of `.projenrc`, and the components that it is made of.',
    sources: ['project'],
  },
  {
    name: 'options',
    title: 'Options and delivery',
    what: 'The options of a project and of a delivery, as types.',
    sources: ['options', 'delivery'],
  },
  {
    name: 'infra',
    title: 'Infrastructure',
    what: 'CDK constructs: whole deliveries, and their parts to use alone.',
    sources: ['infra'],
  },
];

/** The part to which a folder or file of `src` belongs. */
export function partOf(source: string): Part {
  const part = PARTS.find(({ sources }) => sources.includes(source));
  if (!part) {
    throw new Error(`src/${source} belongs to no part of the API reference: add it in scripts/api/parts.ts`);
  }
  return part;
}
