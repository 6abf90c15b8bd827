/** The deploy tool that promotes, and those that it imports. */
export const PROMOTION_TOOLS: readonly string[] = [
  'copying.py',
  'images.json',
  'images.py',
  'objects.py',
  'package_groups.py',
  'package_request.py',
  'packages.py',
  'promote.py',
  'seal.py',
  'sealed_copy.py',
  'targets.py',
];
