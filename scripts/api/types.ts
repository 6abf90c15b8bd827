import type { JsiiEntity, TypeSchema } from 'jsii-docgen';
import type { Declarations } from './declarations';
import { cell } from './markdown';

/** Types as they are written in a language; those of this package lead to where they are described. */
export class Types {
  constructor(private readonly declarations: Declarations, private readonly linkTo: (id: string) => string) {}

  cell(type: TypeSchema): string {
    const ours = this.entities(type).find(entity => this.declarations.isOurs(entity.id));
    const text = cell(`\`${this.text(type)}\``);
    return ours ? `[${text}](${this.linkTo(ours.id)})` : text;
  }

  private text({ formattingPattern, types = [] }: TypeSchema): string {
    const names = types.map(type => {
      if ('formattingPattern' in type) { return this.text(type); }
      return this.declarations.isOurs(type.id) ? type.displayName : type.fqn;
    });
    return formattingPattern.replace(/%/g, () => names.shift()!);
  }

  private entities({ types = [] }: TypeSchema): JsiiEntity[] {
    return types.flatMap(type => ('formattingPattern' in type ? this.entities(type) : [type]));
  }
}
