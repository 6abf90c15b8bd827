import { mergeToml } from '../../../src/sync/keyed/toml-edit';

const conflict = (key: string, kept: string, offered: string) => ({ key, kept, offered });
/** The merged text when nothing is in conflict. */
function merged(base: string | undefined, ours: string, theirs: string): string | undefined {
  const result = mergeToml(base, ours, theirs);
  expect(result?.conflicts).toEqual([]);
  return result?.text;
}

test('only the value of a key that we changed is replaced; all else stays byte for byte', () => {
  const theirs =
    '\uFEFF# top\r\n"a" = 1   # about a\r\n[ t . "u" ]\r\n  b=0x1_0\r\n  c = 1.50\r\n  d = 1979-05-27 07:32:00z\r\n  e '
      + '= """x\r\ny"""';
  const ours = 'a = 1_000\n[t.u]\nb = 16\nc = 15e-1\nd = 1979-05-27T07:32:00Z\ne = "x\\ny"\n';
  expect(merged(ours.replace('1_000', '1'), ours, theirs)).toBe(theirs.replace('= 1 ', '= 1_000 '));
});

test('values of other types are other values, however alike they look', () => {
  for (const [mine, yours] of [
    ['1', '1.0'],
    ['1', '"1"'],
    ['true', '"true"'],
    ['1979-05-27', '"1979-05-27"'],
    ['9223372036854775806', '9223372036854775807'],
    ['inf', '-inf'],
  ]) {
    expect(merged(`a = ${mine}\n`, `a = ${yours}\n`, `a = ${mine} # c\n`)).toBe(`a = ${yours} # c\n`);
    expect(mergeToml('a = 7\n', `a = ${mine}\n`, `a = ${yours}\n`)).toEqual({
      text: `a = ${yours}\n`,
      conflicts: [conflict('a', yours, mine)],
    });
  }
});

test('a new key comes to the end of its table with our comments', () => {
  const ours = '[t]\n# why c\nc = [\n    1, # one\n] # c!\na = 1\n';
  expect(merged('[t]\na = 1\n', ours, '[t] # t\n  a = 1 # a\n\n# below\n[u]\n')).toBe(
    '[t] # t\n  a = 1 # a\n  # why c\n  c = [\n    1, # one\n] # c!\n\n# below\n[u]\n',
  );
  expect(merged('[t]\n', ours, '[t] # t\n[u]')).toBe('[t] # t\n# why c\nc = [\n    1, # one\n] # c!\na = 1\n[u]');
  expect(merged('', 'a = 1\n', '# licence\n\n# about t\n[t]\n')).toBe('# licence\n\na = 1\n\n# about t\n[t]\n');
  expect(merged('', 'a = 1\n', '\n# t\n[t]\n')).toBe('\na = 1\n\n# t\n[t]\n');
  expect(merged('x = 1\n', 'x = 1\na = 1\n', 'y = 1 # y')).toBe('y = 1 # y\na = 1');
});

test('a new table comes behind the tables of its neighbour, else at the end', () => {
  const ours = '[a]\nx = 1\n\n# new\n[b]\ny = 1\n\n[b.c]\nz = 1\n\n[d]\n';
  expect(merged('[a]\nx = 1\n\n[d]\n', ours, '[d]\n\n[a]\nx = 1\n[[a.l]]\n# still a\n\n# q\n[q]\n'))
    .toBe('[d]\n\n[a]\nx = 1\n[[a.l]]\n# still a\n\n# new\n[b]\ny = 1\n\n[b.c]\nz = 1\n\n# q\n[q]\n');
  expect(merged('', '[b]\ny = 1\n', '[q]')).toBe('[q]\n\n[b]\ny = 1');
  expect(merged('[x]\n', '[[b]]\ny = 1\n\n[[b]]\n', '')).toBe('[[b]]\ny = 1\n\n[[b]]\n');
});

test.each([
  ['an inline table', 'a = { b = 1, u = 2 }\n', 'a = { b = 2, u = 2, c = [1], d = { e = 1 } }\n', ''],
  ['an empty inline table', 'a = {}\n', 'a = { c = [1], d = { e = 1 } }\n', 'a.b'],
  ['dotted keys', 'a.b = 1 # c\na . "u" = 2\n[q]\n', 'a.b = 2 # c\na . "u" = 2\na.c = [1]\na.d = { e = 1 }\n[q]\n', ''],
  ['headers of its sub-tables', '# u\n[a.u]\n\n[q]\n', '[a]\nc = [1]\n\n# u\n[a.u]\n\n[a.d]\ne = 1\n\n[q]\n', 'a.b'],
  [
    'a super-table that comes later', '[a.u]\n[q]\n["a"]\nb = 1\n',
    '[a.u]\n\n[a.d]\ne = 1\n[q]\n["a"]\nb = 2\nc = [1]\n', '',
  ],
])('our keys go into the form that the table has there: %s', (_, theirs, expected, removed) => {
  const result = mergeToml('[a]\nb = 1\n', '[a]\nb = 2\nc = [1]\n\n[a.d]\ne = 1\n', theirs);
  expect(result).toEqual({ text: expected, conflicts: removed ? [conflict(removed, 'removed', '2')] : [] });
});

test('our keys are found whatever form we write them in', () => {
  expect(merged('a = { b = 1 }\n', 'a = { b = 2, c = { d = 1 } }\n', '[a]\nb = 1\n')).toBe(
    '[a]\nb = 2\nc = { d = 1 }\n',
  );
  expect(merged('a.b = 1\n', 'a.b = 2\na.c.d = 1\n', '[a]\nb = 1\n')).toBe('[a]\nb = 2\n\n[a.c]\nd = 1\n');
  expect(merged('', '"x y".z = 1\n', '[q]\n')).toBe('[q]\n\n["x y"]\nz = 1\n');
});

test('a key that we removed goes with its line and its comments of ours; comments of the user above it stay', () => {
  const base = '[t]\n# why a\na = 1\nb = [\n  1,\n]\nc = 1\n';
  expect(merged(base, '[t]\nc = 1\n', '[t]\n# mine\n# why a\na = 1 # behind\n  b = [ # x\n  1,\n]\nc = 1')).toBe(
    '[t]\n# mine\nc = 1',
  );
  expect(merged(base, '[t]\n# why a\nb = [1]\nc = 1\n', base.replace('c = 1', 'c = 2'))).toBe(
    '[t]\n# why a\nb = [\n  1,\n]\nc = 2\n',
  );
  expect(
    merged(
      'a = { b = 1, c = 2 }\nd.e = 1\nd.f = 1\n', 'a = { b = 1 }\nd.f = 1\n',
      'a = {b = 1, c = 2}\nd.e = 1\nd.f = 1 # f',
    ),
  ).toBe('a = {b = 1}\nd.f = 1 # f');
});

test('a table that we removed goes with what is in it unless the user changed something', () => {
  const base = '[a]\nx = 1\n\n# about b\n[b]\ny = 1\n\n[b.c]\n\n[d]\n';
  expect(merged(base, '[a]\nx = 1\n\n[d]\n', `${base}z = 1\n`)).toBe('[a]\nx = 1\n\n[d]\nz = 1\n');
  expect(merged('[a]\n\n[b]\n', '[a]\n', '[a]\nx = 1\n\n[b]')).toBe('[a]\nx = 1');
  expect(merged('[[m]]\nx = 1\n\n[[m]]\nx = 2\n', '', '[k]\n\n[[m]]\nx = 1\n\n[[m]]\nx = 2')).toBe('[k]');
  const theirs = base.replace('y = 1', 'y = 2');
  expect(mergeToml(base, '[a]\nx = 1\n\n[d]\n', theirs)).toEqual({
    text: theirs,
    conflicts: [conflict('b', '{y: 2, c: {}}', 'removed')],
  });
});

test('what the user removed stays removed', () => {
  expect(mergeToml('a = 1\nb = 1\n[t]\nx = 1\n', 'a = 2\nb = 1\n[t]\nx = 2\n', '# empty\n')).toEqual({
    text: '# empty\n', conflicts: [conflict('a', 'removed', '2'), conflict('t', 'removed', '{x: 2}')],
  });
});

test('lists keep their lines, comments and order', () => {
  const base = 'l = ["a", "b", "c"]\n';
  const ours = 'l = ["a", "new", "c", "end"]\n';
  expect(merged(base, ours, 'l = [ # l\n  "c", # c\n  "mine",\n  # on b\n  "b", # b\n  "a" # a\n]\n'))
    .toBe('l = [ # l\n  "c", # c\n  "end",\n  "mine",\n  # on b\n  "a", # a\n  "new"\n]\n');
  expect(merged(base, ours, 'l = ["z", "a", "b", "c",]\n')).toBe('l = ["z", "a", "new", "c", "end",]\n');
  expect(merged('l = []\n', 'l = [\n    "a",\n    "b",\n]\n', 'l = []\nx = 1\n')).toBe(
    'l = [\n    "a",\n    "b"\n]\nx = 1\n',
  );
  expect(merged('l = []\n', 'l = ["a"]\n', 'l = [\n  # none\n]\n')).toBe('l = [\n  # none\n  "a"\n]\n');
});

test('lists of tables are one value, which keeps the user\'s comments or is not replaced', () => {
  const base = '# ours\n[[x]]\na = 1\n\n[y]\n';
  const ours = '# changed\n[[x]]\na = 2\n\n[[x]]\na = 3\n\n[y]\n';
  expect(merged(base, ours, '# ours\n[[x]]\na = 1\n\n[y]\nb = 1')).toBe(
    '# changed\n[[x]]\na = 2\n\n[[x]]\na = 3\n\n[y]\nb = 1',
  );
  expect(merged(base, ours, '# mine\n[[x]]\na = 1\n\n[y]\nb = 1')).toBe(
    '# mine\n[[x]]\na = 2\n\n[[x]]\na = 3\n\n[y]\nb = 1',
  );
  expect(merged(base, ours, 'x = [{ a = 1 }] # x\n')).toBe('x = [{ a = 2 }, { a = 3 }] # x\n');
  const theirs = '[[x]]\na = 1 # why\n\n[y]\n';
  expect(mergeToml(base, ours, theirs)).toEqual({
    text: theirs,
    conflicts: [conflict('x', '[{a: 1}]', '[{a: 2}, {a: 3}]')],
  });
  expect(mergeToml(base, ours, '[[x]]\na = 4\n')?.conflicts).toEqual([conflict('x', '[{a: 4}]', '[{a: 2}, {a: 3}]')]);
});

test('a value may become a table and the other way round', () => {
  expect(merged('a = 1\n', '[a]\nb = 1\n', 'a = 1 # a\nz = 1\n')).toBe('a = { b = 1 } # a\nz = 1\n');
  expect(merged('[a]\nb = 1\n[c]\n', 'a = 1\n[c]\n', '[a]\nb = 1\n[c]\nz = 1')).toBe('a = 1\n\n[c]\nz = 1');
});

test('where no edit gives exactly our value the user\'s form stays and is told', () => {
  // The last of the dotted keys is all that makes the table.
  expect(mergeToml('[a]\nb = 1\n', '[a]\n', 'a.b = 1\n')).toEqual({
    text: 'a.b = 1\n',
    conflicts: [conflict('a.b', '1', 'removed')],
  });
});

test('a side that changed nothing changes nothing', () => {
  expect(merged('a=1\n', 'a  =  1\n', 'a=1\n')).toBe('a  =  1\n');
  expect(merged('a=1\n', 'a=1\n', 'b   =2')).toBe('b   =2');
});

test('without a readable base every value that differs is the user\'s, and what is not there is added', () => {
  for (const base of [undefined, '<<<<<<<', 'a = ']) {
    expect(mergeToml(base, 'a = 1\nl = [1, 2]\nn = 1\n', 'a = 2\nl = [1]\n')).toEqual({
      text: 'a = 2\nl = [1]\nn = 1\n',
      conflicts: [conflict('a', '2', '1'), conflict('l', '[1]', '[1, 2]')],
    });
  }
});

test('a text of the user that is not TOML is nothing to merge; one of ours is an error', () => {
  for (const theirs of ['a', 'a = 1\na = 2\n', 'a = 1\n[a]\n', '<<<<<<< yours\n', 'a = "']) {
    expect(mergeToml('a = 1\n', 'a = 2\n', theirs)).toBeUndefined();
  }
  expect(() => mergeToml('a = 1\n', 'a = ', '')).toThrow('cannot be parsed');
});

test('keys named like properties of every object are keys like any other', () => {
  expect(
    merged(
      '__proto__ = 1\n[constructor]\n', '__proto__ = 2\n[constructor]\ntoString = 1\n',
      '__proto__ = 1\n[constructor]\n[z]\n',
    ),
  ).toBe('__proto__ = 2\n[constructor]\ntoString = 1\n[z]\n');
});

test('lines end as the user\'s did, also when none of them is left', () => {
  expect(mergeToml('[k]\n', 'k = 0\n', '[k]\r\n')?.text).toBe('k = 0\r\n');
});
