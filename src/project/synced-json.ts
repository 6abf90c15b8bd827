import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';
import { type JsonObject, mergeByKey } from '../sync/merge-by-key';

/**
 * A JSON file that the options and the user both write: it is merged key by key.
 *
 * What was last written is remembered under `.projen/sync/`. A key that only the options changed takes the new value, a key that the user
 * changed keeps the user's; where both changed the same key the user's value stays and the synth says so.
 *
 * @internal
 */
export class SyncedJson extends Component {
  public constructor(project: Project, private readonly filePath: string, private readonly content: JsonObject) {
    super(project);
  }

  public synthesize(): void {
    const file = path.join(this.project.outdir, this.filePath);
    const memory = path.join(this.project.outdir, '.projen', 'sync', `${this.filePath.replace(/\//g, '--')}`);
    const theirs = this.read(file);
    if (theirs === 'unreadable') {
      this.project.logger.warn(`${this.filePath} is not a JSON object; it was left as it is. Mend it or delete it and run projen again.`);
      return;
    }
    const base = this.read(memory);
    const merged = theirs === undefined
      ? { value: this.content, conflicts: [] }
      // A lost or broken memory means that every value that differs is the user's.
      : mergeByKey(typeof base === 'object' ? base : {}, this.content, theirs);
    for (const conflict of merged.conflicts) {
      this.project.logger.warn(`${this.filePath}: ${conflict.key} is ${conflict.kept} by hand, the options now say ${conflict.offered}; kept the former.`);
    }
    write(file, merged.value);
    write(memory, this.content);
  }

  private read(file: string): JsonObject | undefined | 'unreadable' {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
    if (text === undefined) { return undefined; }
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonObject : 'unreadable';
    } catch {
      return 'unreadable';
    }
  }
}

function write(file: string, value: JsonObject): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) { return; }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.partial`, text);
  fs.renameSync(`${file}.partial`, file);
}
