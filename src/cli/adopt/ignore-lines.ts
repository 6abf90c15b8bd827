import * as fs from 'node:fs';

/** The rules of the project's `.gitignore` or `.gitattributes` that the user's lacks. */
export function missingRules(theirs: string, ours: string): string[] {
  const there = new Set(rules(theirs).flatMap(rule => [rule, `/${rule}`, `${rule}/`, `/${rule}/`]));
  // What projen takes back with `!` is hidden by no rule of its own, and how all files are treated is not the project's to say.
  return [...new Set(rules(ours))].filter(rule => !there.has(rule) && !/^(!|\*\s)/.test(rule));
}

function rules(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split(/\r?\n/).map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
}
