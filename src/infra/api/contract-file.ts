import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { ModelApiProps } from './model-api-props';
import { declaredOption } from '../../options/schemas/declared';
import { contentOf } from '../shared/tools-asset';

/** What a model takes and how it answers, as `runner/local_runner/api/document.py` writes it for a delivery. */
export interface AloneContract {
  readonly document: object;
  /** Of the file that lies beside the code. */
  readonly sha256: string;
}

/** The contract of an API that is used alone, from the files that its user names. */
export function contractOf(
  { apiName, schemaFile, goldenFile, goldenTolerance, smokeTest }: ModelApiProps,
): AloneContract {
  const { contentType = 'text/csv', accept = 'application/json' } = smokeTest ?? {};
  const document = {
    format: 1,
    schema: read(schemaFile),
    golden: read(goldenFile),
    goldenTolerance: goldenTolerance ?? declaredOption('EndpointOptions', 'goldenTolerance').default,
    modelName: apiName,
    ...(schemaFile === undefined ? { contentTypes: [contentType], accepts: [accept] } : {}),
  };
  return { document, sha256: createHash('sha256').update(contentOf(document)).digest('hex') };
}

function read(file: string | undefined): unknown {
  return file === undefined ? null : JSON.parse(fs.readFileSync(file, 'utf8')) as unknown;
}
