/**
 * Plays deployments of models with faults (testing/deployments) and writes what they come to into
 * `docs/deploy-safely.md`: a table, and a picture.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { MARKERS, plot, table } from '../testing/deployments/page';
import { playAll } from '../testing/deployments/scenarios';

const docs = path.resolve(__dirname, '..', 'docs');
const page = path.join(docs, 'deploy-safely.md');
const [begin, end] = MARKERS;
const cells = playAll();
const text = fs.readFileSync(page, 'utf8');
const [before, after] = [text.split(begin)[0], text.split(end)[1]];
fs.writeFileSync(page, `${before}${begin}\n\n${table(cells)}\n\n${end}${after}`);
fs.writeFileSync(path.join(docs, 'images', 'deployments.svg'), plot(cells));
