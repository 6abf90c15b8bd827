import * as fs from 'node:fs';
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { PROBLEM_TYPES } from '../../options/knowledge/frameworks';
import type { FilledProject } from '../filled-project';
import { packagePath } from '../package-files';

/** How much of a file is read; the data may be large. */
const READ_BYTES = 256 * 1024;

/** Where a path of the options is on this machine. */
export function localPath({ outdir }: FilledProject, url: string): string {
  return path.join(outdir, url);
}

/** The table that was read last: checks and configuration look at the same one several times in one synth. */
let last: { readonly key: string; readonly rows: string[][] } | undefined;

/** The first rows of a CSV file with its header; nothing for other data. */
export function firstRows(options: FilledProject): string[][] {
  const file = dataFile(options);
  if (file === undefined || /\.(parquet|jsonl)(\.gz)?$/i.test(file)) { return []; }
  const { separator, encoding } = options.training;
  const { mtimeMs, size } = fs.statSync(file);
  const key = JSON.stringify([file, mtimeMs, size, separator, encoding]);
  if (last?.key !== key) { last = { key, rows: rowsOf(beginning(file, encoding), separator) }; }
  return last.rows;
}

/** The file with the data, when it is in the repository or in this package. */
export function dataFile(options: FilledProject): string | undefined {
  const sample = PROBLEM_TYPES[options.problemType]?.sample;
  const url = options.training.inputDataUrl;
  if (url === undefined || url === `data/sample/${sample}`) {
    return sample ? packagePath('templates', 'data', sample) : undefined;
  }
  const file = localPath(options, url);
  // existsSync first: statSync throws for a path that leads through a file.
  return !url.startsWith('s3://') && fs.existsSync(file) && fs.statSync(file).isFile() ? file : undefined;
}

/**
 * The whole rows of a CSV text (RFC 4180, spaces before a quote allowed); what comes after the last line end is left
 * out, since it may be cut off.
 */
export function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') { cell += character; } else if (text[at + 1] === '"') { cell += text[at += 1]; } else {
        quoted = false;
      }
    } else if (character === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (character === separator) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else { cell += character; }
  }
  return rows;
}

function beginning(file: string, encoding: string): string {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(READ_BYTES);
    const read = buffer.subarray(0, fs.readSync(descriptor, buffer));
    // What was read may end anywhere: so may what is decompressed, and the last row.
    const content = file.toLowerCase().endsWith('.gz')
      ? gunzipSync(read, { finishFlush: constants.Z_SYNC_FLUSH })
      : read;
    const text = decode(content, encoding);
    // A file that was read whole ends with its last row, whether that has a line end or not.
    return read.length < READ_BYTES && text !== '' && !text.endsWith('\n') ? `${text}\n` : text;
  } catch {
    return '';
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Characters 0x80 to 0x9F of cp1252; some versions of Node.js decode it as latin-1 (nodejs/node, issue 56542). */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Text in one of Python's encodings that the options take, without its byte order mark. */
function decode(content: Buffer, encoding: string): string {
  const bigEndian = content[0] === 0xfe && content[1] === 0xff;
  switch (encoding) {
    case 'latin-1': return content.toString('latin1');
    case 'cp1252': return content.toString('latin1').replace(/[\x80-\x9f]/g, c => CP1252[c.charCodeAt(0) - 0x80]);
    case 'utf-16': return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(content);
    default: return new TextDecoder('utf-8').decode(content);
  }
}
