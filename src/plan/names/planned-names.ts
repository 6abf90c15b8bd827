import { nameOf } from './name-of';
import type { NameKind } from './name-rules';
import { bucketIn, roleArn } from '../arn';
import type { Place } from '../place';

/** Project and deployment group, which the names of the group's things begin with. */
export type GroupWords = readonly [project: string, group: string];

/** A name that a plan gives. */
export class PlannedName {
  /**
   * @param kind what it is a name of
   * @param name the name itself
   * @param scope how far it must be the only one of its kind: everywhere (empty), in one account, in one account and
   * region, or in what it names
   * @param option path of the option that gives it, where it is a name of the user's own
   */
  public constructor(
    public readonly kind: NameKind, public readonly name: string, public readonly scope: string,
    public readonly option?: string,
  ) {}
}

/** Name, ARN and place of a role whose name is still one of the plan's names. */
export interface NamedRole {
  readonly name: PlannedName;
  readonly arn: string;
  readonly place: Place;
}

/** Names what is in one account and region. */
export interface Namer {
  regional(kind: NameKind, ...words: readonly string[]): PlannedName;
  /** Names of buckets are global (S3 user guide, "General purpose bucket naming rules"). */
  bucket(...words: readonly string[]): PlannedName;
  role(...words: readonly string[]): NamedRole;
  /** A name that an option gives. */
  given(kind: NameKind, name: string, option: string): PlannedName;
}

export function namerFor(place: Place): Namer {
  const scope = `${place.account ?? ''} ${place.region ?? ''}`;
  return {
    regional: (kind, ...words) => new PlannedName(kind, nameOf(kind, ...words), scope),
    bucket: (...words) => new PlannedName('bucket', bucketIn(place, nameOf('bucket', ...words)), ''),
    role: (...words) => {
      const name = nameOf('role', ...words);
      return { name: new PlannedName('role', name, place.account ?? ''), arn: roleArn(place, name), place };
    },
    given: (kind, name, option) => new PlannedName(kind, name, scope, option),
  };
}

/** The name of something inside of something that has a name itself, such as an action in a stage of a pipeline. */
export function nameWithin(scope: string, kind: NameKind, ...words: readonly string[]): PlannedName {
  return new PlannedName(kind, nameOf(kind, ...words), scope);
}

/** The same with a text in place of each name. */
export type Texts<T> = T extends PlannedName ? string : T extends object ? { [K in keyof T]: Texts<T[K]> } : T;

/** What the naming pass returns as the other passes use it: with names that are plain texts. */
export function texts<T>(named: T): Texts<T> {
  const convert = (value: unknown): unknown => {
    if (value instanceof PlannedName) { return value.name; }
    if (Array.isArray(value)) { return value.map(convert); }
    if (typeof value !== 'object' || value === null) { return value; }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, convert(part)]));
  };
  return convert(named) as Texts<T>;
}

/** Every name in what the naming pass returns, each once; there is no list of them that one could be missing from. */
export function collectNames(named: unknown): PlannedName[] {
  const found = new Set<PlannedName>();
  const look = (value: unknown): void => {
    if (value instanceof PlannedName) {
      found.add(value);
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(look);
    }
  };
  look(named);
  return [...found];
}
