import type {
  ApiReferenceSchema, CallableSchema, ClassSchema, DocsSchema, EnumSchema, InterfaceSchema, MethodSchema,
  PropertySchema, StructSchema,
} from 'jsii-docgen';
import type { Declarations } from './declarations';
import type { Keywords } from './keywords';
import { cell, paragraph, table } from './markdown';
import { type ApiLanguage, type Part, partOf, PARTS } from './parts';
import { Types } from './types';

type Entry = ClassSchema | StructSchema | InterfaceSchema | EnumSchema;
type Member = PropertySchema | MethodSchema;

/** One part of the API in one language. */
export class Page {
  readonly file: string;
  readonly entries: readonly Entry[];
  private readonly types: Types;

  constructor(
    readonly part: Part,
    readonly language: ApiLanguage,
    reference: ApiReferenceSchema,
    private readonly declarations: Declarations,
    private readonly keywords: Keywords,
  ) {
    this.file = pageOf(part, language);
    const { constructs, classes, structs, interfaces, enums } = reference;
    const all = [constructs, classes, interfaces, enums, structs].flatMap((kind: readonly Entry[]) => byName(kind));
    this.entries = all.filter(entry => partOf(declarations.source(entry.id)) === part);
    this.types = new Types(declarations, id => this.linkTo(id));
  }

  text(): string {
    const others = PARTS.filter(part => part !== this.part).map(part => `[${part.title}](${part.name}.md)`);
    return [
      `# ${this.part.title}: API in ${this.language.title}`, '',
      `${this.part.what} Made from the declarations by \`npx projen docgen\`. If you are new here, read`,
      `[the options](../../options.md) instead. Other pages: ${others.join(', ')},`,
      '[all types](../../../API.md).', '',
      table(['name', 'what'], this.entries.map(entry => [
        `[${entry.displayName}](#${anchor(entry)})`, cell(entry.docs.summary ?? ''),
      ])),
      ...this.entries.map(entry => this.section(entry)),
    ].join('\n');
  }

  private section(entry: Entry): string {
    return [
      `## ${entry.displayName}`, '',
      ...paragraph(entry.docs),
      ...'members' in entry ? this.members(entry) : this.body(entry),
    ].join('\n');
  }

  private members(entry: EnumSchema): string[] {
    return [table(['member', 'what'], entry.members.map(m => [`\`${m.displayName}\``, described(m.docs)]))];
  }

  private body(entry: ClassSchema | StructSchema | InterfaceSchema): string[] {
    const own = <T extends Member>(members: readonly T[]): T[] =>
      members.filter(member => this.declarations.declares(entry.id, memberName(member)));
    const methods = [
      ...'staticMethods' in entry ? entry.staticMethods : [],
      ...'instanceMethods' in entry ? entry.instanceMethods : [],
    ];
    const constants = 'constants' in entry ? entry.constants : [];
    const members = [...constants, ...entry.properties, ...methods];
    const inherited = members.filter(member => !own(members).includes(member));
    return [
      ...'initializer' in entry && entry.initializer ? this.usage(entry.initializer) : [],
      ...this.properties([...own(constants), ...own(entry.properties)], 'initializer' in entry),
      ...this.methods(own(methods)),
      ...this.inherited(entry.id, inherited),
    ];
  }

  private usage(initializer: CallableSchema): string[] {
    const struct = this.structParameter(initializer);
    return [`\`\`\`${this.language.id}`, initializer.usage ?? '', '```', '', ...struct ? [`${struct}.`, ''] : []];
  }

  /** What the last parameter takes, where it is a struct. */
  private structParameter(callable: CallableSchema): string | undefined {
    const struct = this.keywords.structOf(callable);
    if (!struct) { return undefined; }
    const type = this.types.cell(struct.type);
    return this.language.id === 'python' ? `Keyword arguments: those of ${type}` : `\`${struct.name}\`: ${type}`;
  }

  private properties(properties: readonly PropertySchema[], isClass: boolean): string[] {
    if (properties.length === 0) { return []; }
    if (isClass) {
      return [table(['property', 'type', 'what'], properties.map(property => [
        `\`${property.displayName}\``, this.types.cell(property.type), described(property.docs),
      ]))];
    }
    return [table(['property', 'type', 'default', 'what'], properties.map(property => [
      `\`${property.displayName}\``, this.types.cell(property.type), defaultOf(property), described(property.docs),
    ]))];
  }

  private methods(methods: readonly MethodSchema[]): string[] {
    if (methods.length === 0) { return []; }
    return [table(['method', 'what'], methods.map(method => {
      const struct = this.structParameter(method);
      const parameters = this.keywords.positional(method);
      const last = this.language.id === 'python' ? '...' : this.keywords.structOf(method)?.name ?? '';
      const names = [...parameters.map(p => p.displayName), ...struct ? [last] : []].join(', ');
      return [`\`${method.displayName}(${names})\``, [
        described(method.docs),
        ...parameters.map(p => `\`${p.displayName}\` (${this.types.cell(p.type)}): ${described(p.docs)}`),
        ...struct ? [struct] : [],
      ].join('<br>')];
    }))];
  }

  private inherited(id: string, members: readonly Member[]): string[] {
    if (members.length === 0) { return []; }
    const names = members.map(member => `\`${member.displayName}\``).sort();
    const parents = this.declarations.foreignParents(id).map(parent => `\`${parent}\``).join(', ');
    return [`Inherited from ${parents}: ${names.join(', ')}.`, ''];
  }

  /** Where a type of this package is described in this page's language. */
  private linkTo(id: string): string {
    const part = partOf(this.declarations.source(id));
    return `${part === this.part ? '' : `${part.name}.md`}#${id.split('.').pop()!.toLowerCase()}`;
  }
}

export const anchor = (entry: { readonly displayName: string }): string => entry.displayName.toLowerCase();

function pageOf(part: Part, language: ApiLanguage): string {
  return `docs/api/${language.id}/${part.name}.md`;
}

const byName = <T extends Entry>(entries: readonly T[]): T[] =>
  [...entries].sort((a, b) => (a.displayName < b.displayName ? -1 : 1));

/** A member's name in the assembly, which is the same in every language. */
const memberName = (member: Member): string => member.id.split('.').pop()!;

const described = (docs: DocsSchema): string => cell(paragraph(docs).join('\n').trim());

function defaultOf(property: PropertySchema): string {
  if (!property.optional) { return '**required**'; }
  return cell((property.default ?? '').replace(/^- /, ''));
}
