import { createHash } from 'node:crypto';
import { NAME_RULES, type NameKind, type NameRule } from './name-rules';

/** Hexadecimal digits of the hash that keeps shortened names apart. */
const HASH_LENGTH = 8;

/**
 * The name of a thing, from the words that identify it.
 *
 * The words are put in lower case, everything but letters and digits becomes a hyphen, and the result fits the
 * service's limit. Wherever that loses something — a character, the case, the end, or the border between two words — a
 * hash of the words as they were is appended, so different words give different names, always the same ones. Names of
 * one kind that may meet in an account have the same number of words, or a last word of their own.
 */
export function nameOf(kind: NameKind, ...words: readonly string[]): string {
  const rule: NameRule = NAME_RULES[kind];
  const limit = rule.max - (rule.reserved ?? 0);
  const plain = words.map(toHyphens);
  const joined = plain.filter(Boolean).join('-');
  const clear = joined.length <= limit && joined.length > 1 && /^[a-z]/.test(joined)
    && plain.every((word, i) => isClear(word, words[i], i));
  if (clear) { return joined; }
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, HASH_LENGTH);
  const start = /^[a-z]/.test(joined) ? joined : `x-${joined}`;
  return `${start.slice(0, limit - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
}

function toHyphens(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

/** Whether a word can be read back from the joined name: unchanged, and without a hyphen unless it is the first. */
function isClear(plain: string, original: string, index: number): boolean {
  return plain !== '' && plain === original && !(index > 0 && (plain.includes('-') || looksLikeHash(plain)));
}

/** A word that could be taken for the hash of another name. */
function looksLikeHash(word: string): boolean {
  return word.length === HASH_LENGTH && /^[0-9a-f]+$/.test(word);
}
