import { createHash } from 'node:crypto';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** How a text is written down, apart from what it says. */
export interface TextStyle {
  readonly bom: boolean;
  readonly crlf: boolean;
}

/** Whether bytes are not text: a NUL among the first 8,000, as git decides it. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

/** A text counts as CRLF only when every line ends so: in a mixed one the carriage returns are part of what it says. */
export function styleOf(bytes: Buffer): TextStyle {
  return { bom: bytes.subarray(0, 3).equals(BOM), crlf: bytes.includes(0x0d) && endsEveryLineWithCrlf(bytes) };
}

function endsEveryLineWithCrlf(bytes: Buffer): boolean {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) { return false; }
    count += 1;
  }
  // A carriage return that ends no line would not come back when the style is put on again.
  return count > 0 && count === bytes.reduce((sum, byte) => sum + (byte === 0x0d ? 1 : 0), 0);
}

/** The same text without byte-order mark and with LF; binary content as it is. */
export function plain(bytes: Buffer): Buffer {
  if (isBinary(bytes)) { return bytes; }
  const { bom, crlf } = styleOf(bytes);
  const text = bom ? bytes.subarray(3) : bytes;
  return crlf ? Buffer.from(text.toString('latin1').replace(/\r\n/g, '\n'), 'latin1') : text;
}

/** A plain text in a style. */
export function styled(text: Buffer, { bom, crlf }: TextStyle): Buffer {
  if (isBinary(text)) { return text; }
  const body = crlf ? Buffer.from(text.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1') : text;
  return bom ? Buffer.concat([BOM, body]) : body;
}

/**
 * Names a content, whatever its line ends and byte-order mark: the first 64 bits of SHA-256, as 16 hexadecimal digits.
 */
export function fingerprint(bytes: Buffer): string {
  return createHash('sha256').update(plain(bytes)).digest('hex').slice(0, 16);
}

/** The lines of a text, each with its line end; the last one may have none. */
export function lines(text: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf(0x0a, from);
    const next = end < 0 ? text.length : end + 1;
    found.push(text.subarray(from, next));
    from = next;
  }
  return found;
}
