import { declared } from '../schemas/declared';

/** Whether git takes it as the name of a branch. */
export function isBranch(name: string): boolean {
  return new RegExp(declared('BranchName').pattern ?? '', 'u').test(name);
}
