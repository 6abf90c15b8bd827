import type { ApiReferenceSchema, CallableSchema, ParameterSchema, TypeSchema } from 'jsii-docgen';

interface Struct {
  readonly type: TypeSchema;
  /** The parameter's name in TypeScript. */
  readonly name: string;
  /** How many parameters come before it. */
  readonly position: number;
}

/**
 * The structs that callables take last, by the TypeScript reference: in the Python one their fields are parameters like
 * all others.
 */
export class Keywords {
  private readonly structs = new Map<string, Struct>();

  constructor({ classes, constructs, structs }: ApiReferenceSchema) {
    const names = new Set(structs.map(struct => struct.id));
    for (const { initializer, staticMethods, instanceMethods } of [...classes, ...constructs]) {
      for (const { id, parameters } of [...initializer ? [initializer] : [], ...staticMethods, ...instanceMethods]) {
        const last = parameters.at(-1);
        const [type, ...more] = last?.type.types ?? [];
        if (last && type && more.length === 0 && 'id' in type && names.has(type.id)) {
          this.structs.set(id, { type: last.type, name: last.displayName, position: parameters.length - 1 });
        }
      }
    }
  }

  structOf(callable: CallableSchema): Struct | undefined {
    return this.structs.get(callable.id);
  }

  /** The parameters that are neither fields of a struct nor the struct. */
  positional(callable: CallableSchema): readonly ParameterSchema[] {
    return callable.parameters.slice(0, this.structOf(callable)?.position);
  }
}
