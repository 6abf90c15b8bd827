/** The deploy tool that seals, and those that it imports. */
export const SEAL_TOOLS: readonly string[] = [
  'copying.py',
  'objects.py',
  'package_groups.py',
  'package_request.py',
  'seal.py',
  'sealer.py',
  'targets.py',
];
