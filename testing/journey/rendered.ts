import * as fs from 'node:fs';

/** A rendered workflow that can be spoilt. Each change must find what it changes. */
export class Rendered {
  public constructor(private readonly file: string) {}

  /** Replaces a text of a job wherever it has it. */
  public job(name: string, text: string | RegExp, replacement: string): void {
    const parts = fs.readFileSync(this.file, 'utf-8').split(/^(?= {2}[\w-]+:$)/m);
    const index = parts.findIndex(part => part.startsWith(`  ${name}:\n`));
    if (index < 0) { throw new Error(`${this.file} has no job ${name}`); }
    const after = parts[index].replaceAll(typeof text === 'string' ? text : new RegExp(text, 'gm'), replacement);
    if (after === parts[index]) { throw new Error(`${name} has no ${text}`); }
    fs.writeFileSync(this.file, parts.map((part, i) => (i === index ? after : part)).join(''));
  }

  /** Takes a step out of a job. */
  public withoutStep(job: string, step: string): void {
    this.job(job, new RegExp(`^ {6}- name: ${step}\\n(?: {8}.*\\n|\\n)+`), '');
  }
}
