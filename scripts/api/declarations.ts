import * as fs from 'node:fs';

interface Declaration {
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly properties?: readonly { readonly name: string }[];
  readonly methods?: readonly { readonly name: string }[];
  readonly locationInModule: { readonly filename: string };
}

/** What the jsii assembly knows and jsii-docgen does not pass on: where a type is declared, and what it inherits. */
export class Declarations {
  private readonly types: Readonly<Record<string, Declaration>>;

  constructor(assembly: string) {
    this.types = (JSON.parse(fs.readFileSync(assembly, 'utf8')) as { types: Record<string, Declaration> }).types;
  }

  /** The folder of `src` in which a type is declared, or the file directly in it. */
  source(id: string): string {
    return this.types[id].locationInModule.filename.split('/')[1].replace(/\.ts$/, '');
  }

  /** Whether a member is declared in this package, and not in the one of a type that it extends. */
  declares(id: string, member: string): boolean {
    return this.family(id).some(type => [...type.properties ?? [], ...type.methods ?? []].some(m => m.name === member));
  }

  /** The types of other packages that a type extends. */
  foreignParents(id: string): string[] {
    const parents = this.family(id).flatMap(type => this.parents(type)).filter(parent => !(parent in this.types));
    return [...new Set(parents)];
  }

  isOurs(id: string): boolean {
    return id in this.types;
  }

  /** A type with those that it extends in this package. */
  private family(id: string): Declaration[] {
    const type = this.types[id];
    return type ? [type, ...this.parents(type).flatMap(parent => this.family(parent))] : [];
  }

  private parents(type: Declaration): string[] {
    return [...type.base ? [type.base] : [], ...type.interfaces ?? []];
  }
}
