import { createScanner } from 'jsonc-parser';
import { parseToml } from './toml-document';

/** Kinds of tokens; jsonc-parser declares them as an enum that is not there at run time. */
const [LINE_COMMENT, BLOCK_COMMENT, END] = [12, 13, 17];

/** The comments of the user that a merge by key has removed, with the keys that they belonged to. */
export function lostComments(strategy: 'json' | 'toml', bases: readonly string[], yours: string, merged: string): string[] {
  const commentsOf = strategy === 'json' ? jsonComments : tomlComments;
  const left = [merged, ...bases].flatMap(commentsOf);
  return commentsOf(yours).filter(comment => !left.includes(comment));
}

function jsonComments(text: string): string[] {
  const scanner = createScanner(text, false);
  const comments: string[] = [];
  for (let kind: number = scanner.scan(); kind !== END; kind = scanner.scan()) {
    if (kind === LINE_COMMENT || kind === BLOCK_COMMENT) { comments.push(scanner.getTokenValue().trim()); }
  }
  return comments;
}

function tomlComments(text: string): string[] {
  const document = parseToml(text);
  return document ? document.comments.map(span => text.slice(...span)) : [];
}
