import * as fs from 'node:fs';
import { rowsOf } from '../src/project/checks/data-file';
import { requestLine, syntheticCell } from '../src/project/checks/synthetic-row';

// Made-up rows for tables of features: a JSON list of CSV texts with header comes in, one of request lines goes out.
const tables = JSON.parse(fs.readFileSync(0, 'utf-8')) as string[];
process.stdout.write(JSON.stringify(tables.map(table => {
  const [header, ...rows] = rowsOf(table, ',');
  return requestLine(header.map((name, at) => syntheticCell(name, rows.map(row => row[at]))));
})));
