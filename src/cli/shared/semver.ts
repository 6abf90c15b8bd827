/** Compares two versions by the rules of semver, build metadata left out: negative when the first one is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (let i = 0; i < 3; i++) {
    if (left.numbers[i] !== right.numbers[i]) { return left.numbers[i] - right.numbers[i]; }
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

/** Whether a version is in an npm range of the forms that the peers use: `^1.2.3`, `>=1.2.3 <2.0.0`. */
export function inRange(version: string, range: string): boolean {
  return range.trim().split(/\s+/).every(comparator => {
    const [, operator, bound] = /^(\^|>=|<)(\d+\.\d+\.\d+)$/.exec(comparator) ?? [];
    switch (operator) {
      case '>=':
        return compareVersions(version, bound) >= 0;
      case '<':
        return compareVersions(version, bound) < 0;
      case '^':
        return (
          compareVersions(version, bound) >= 0
          && version.split('.')[0] === bound.split('.')[0]
          && bound.split('.')[0] !== '0'
        );
      default:
        return false;
    }
  });
}

/** The smallest version that a range names; undefined for `*`, tags and addresses. */
export function lowest(range: string): string | undefined {
  const [, major, minor = '0', patch = '0'] = /^[\^~>=v\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(range) ?? [];
  return major === undefined ? undefined : `${major}.${minor}.${patch}`;
}

function parse(version: string): { readonly numbers: readonly number[]; readonly prerelease: readonly string[] } {
  const [, major = '0', minor = '0', patch = '0', prerelease = ''] =
    /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?/.exec(version) ?? [];
  return { numbers: [major, minor, patch].map(Number), prerelease: prerelease === '' ? [] : prerelease.split('.') };
}

/** A prerelease comes before its release; parts are compared one by one, numbers before words. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) { return b.length - a.length; }
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === undefined || b[i] === undefined) { return a.length - b.length; }
    if (a[i] === b[i]) { continue; }
    const numbers = [a[i], b[i]].map(part => /^\d+$/.test(part));
    if (numbers[0] && numbers[1]) { return Number(a[i]) - Number(b[i]); }
    if (numbers[0] !== numbers[1]) { return numbers[0] ? -1 : 1; }
    return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}
