import { compareVersions } from '../upgrade/version-order';

/** Whether a version is in an npm range of the forms that the peers use: `^1.2.3`, `>=1.2.3 <2.0.0`. */
export function inRange(version: string, range: string): boolean {
  return range.trim().split(/\s+/).every(comparator => {
    const [, operator, bound] = /^(\^|>=|<)(\d+\.\d+\.\d+)$/.exec(comparator) ?? [];
    switch (operator) {
      case '>=': return compareVersions(version, bound) >= 0;
      case '<': return compareVersions(version, bound) < 0;
      case '^': return compareVersions(version, bound) >= 0 && version.split('.')[0] === bound.split('.')[0] && bound.split('.')[0] !== '0';
      default: return false;
    }
  });
}

/** The smallest version that a range names; undefined for `*`, tags and addresses. */
export function lowest(range: string): string | undefined {
  const [, major, minor = '0', patch = '0'] = /^[\^~>=v\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(range) ?? [];
  return major === undefined ? undefined : `${major}.${minor}.${patch}`;
}
