import * as path from 'node:path';
import { manifestOf } from './manifest';
import { pyprojectOf } from './pyproject';
import { wordSchemas } from '../../options/schemas/model-schema';
import { UserError } from '../command';

const { pattern = '', maxLength = 48 } = wordSchemas.name;

/**
 * A name for the project: that of package.json or pyproject.toml, else the directory's, made valid.
 *
 * @throws UserError when none of them can be made valid
 */
export function defaultName(root: string): string {
  const found = [nameOf(manifestOf(root)?.name), pyprojectOf(root)?.name, path.basename(root)];
  const valid = found.map(name => name && validName(name)).find(name => name);
  if (!valid) {
    throw new UserError(`No name can be made of ${found.filter(name => name).map(name => JSON.stringify(name)).join(' or ')}. Give one with --name, for example --name churn-model: ${wordSchemas.name['x-allowed']}.`);
  }
  return valid;
}

/** The nearest valid name, or undefined when nothing is left of it. */
function validName(given: string): string | undefined {
  const plain = given.replace(/^@[^/]*\//, '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, maxLength).replace(/-$/, '');
  return new RegExp(pattern).test(name) ? name : undefined;
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
