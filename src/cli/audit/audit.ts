import * as path from 'node:path';
import { EXPORT_USAGE, parseExport, parseVerify, type Source, VERIFY_USAGE } from './arguments';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';

/** Checks the chains of records. */
export function auditVerify(args: readonly string[]): number {
  const wanted = parseVerify(args);
  if (!wanted) {
    process.stdout.write(VERIFY_USAGE);
    return 0;
  }
  const directory = process.cwd();
  return runScript(directory, packagePath('tools', 'operate', 'audit_verify.py'), sourceOf(directory, wanted));
}

/** Writes the records of a version for people and for programs. */
export function auditExport(args: readonly string[]): number {
  const wanted = parseExport(args);
  if (!wanted) {
    process.stdout.write(EXPORT_USAGE);
    return 0;
  }
  const directory = process.cwd();
  return runScript(directory, packagePath('tools', 'operate', 'audit_export.py'), {
    ...sourceOf(directory, wanted),
    version: Number(wanted.version),
    out: path.resolve(directory, wanted.out),
    trail: wanted.trail.map(file => path.resolve(directory, file)),
    ...(wanted.group === undefined ? {} : { group: wanted.group }),
  });
}

/** Where the records are: in a folder, on this machine, or in the bucket that the delivery has for them. */
function sourceOf(directory: string, { from, local, anchors, config }: Source): object {
  const given = anchors.length > 0 ? { anchors } : {};
  if (from !== undefined) { return { ...given, folder: path.resolve(directory, from) }; }
  const { audit } = local ? {} : readPlan(directory, config ?? DELIVERY_FILE).governance;
  if (!audit?.evidenceBucket) { return { ...given, local: path.join(directory, '.local') }; }
  return {
    ...given,
    evidence: {
      bucket: audit.evidenceBucket,
      account: audit.place.account ?? '{account}',
      region: audit.place.region ?? '{region}',
    },
  };
}
