import { declared } from './declared';
import type * as declarations from './declared.json';
import { fill } from '../engine/fill';

type Declarations = typeof declarations;
/** The structs of options, by name. */
type Struct = {
  [S in keyof Declarations]: Declarations[S] extends { readonly properties: object } ? S : never
}[keyof Declarations];

/** The options of a struct that have a default that is a value. */
type Defaulted<S extends Struct> = {
  [K in keyof Declarations[S]['properties']]:
  Declarations[S]['properties'][K] extends { readonly default: unknown } ? K : never
}[keyof Declarations[S]['properties']];

/** A struct's options as they are once its defaults are filled in. */
export type Filled<S extends Struct, T> = Omit<T, Defaulted<S>> & Required<Pick<T, Defaulted<S> & keyof T>>;

/** Fills in the defaults of a struct and of all that is in it; the options have been checked. */
export function filled<S extends Struct, T extends object>(struct: S, options: T): Filled<S, T> {
  return fill(declared(struct), options) as Filled<S, T>;
}
