import * as fc from 'fast-check';
import { rowsOf } from '../../src/project/checks/data-file';
import { requestLine, syntheticCell } from '../../src/project/checks/synthetic-row';
import '../random';

const many = (...cells: string[]): string[] => Array.from({ length: 5 }, () => cells).flat();

test.each<[string, string[], string]>([
  ['numbers', ['1', '2', '9'], '5'],
  ['numbers whose middle rounds to something outside', ['1001', '1003'], '1002'],
  ['decimal numbers', ['0.125', '0.75'], '0.4'],
  ['numbers that are all the same', ['37', '37'], '40'],
  ['codes with zeros in front', ['007', '015'], '10'],
  ['numbers below zero', ['-3.5', '-1'], '-2'],
  ['numbers and gaps', ['', '?', '4'], '4'],
  ['truth', ['TRUE', 'False', ''], 'false'],
  ['dates', ['2024-03-01', '2025-01-01T10:00:00Z'], '2020-01-01'],
  ['frequent texts', many('west', 'east', 'NA'), 'east'],
  ['texts that few rows share', ['Ann Smith', 'Bob Jones', ...many('')], 'example'],
  ['texts of which only some are frequent', ['Ann Smith', ...many('west')], 'west'],
  ['nothing but gaps', ['', ''], ''],
  ['nothing but gaps of numbers', ['?', '-'], '-'],
])('%s give a cell that is no row\'s own', (_, cells, expected) => {
  expect(syntheticCell('a', cells)).toBe(expected);
});

test('the options say what a gap and a date are', () => {
  expect(syntheticCell('a', ['-999', '1', '3'], { missingTokens: ['-999'] })).toBe('2');
  expect(syntheticCell('a', ['20240131', '20250131'], { dateColumns: ['a'] })).toBe('2020-01-01');
  expect(syntheticCell('a', ['20240131', '20250131'], { dateColumns: ['b'] })).toBe('20250000');
});

test('a number is between those of the data', () => {
  fc.assert(fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2 }), numbers => {
    fc.pre(new Set(numbers).size > 1);
    const value = Number(syntheticCell('a', numbers.map(String)));
    expect(value).toBeGreaterThanOrEqual(Math.min(...numbers));
    expect(value).toBeLessThanOrEqual(Math.max(...numbers));
  }));
});

test('a text that fewer than five rows share is never in the request', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[b-d]{3,9}$/), { minLength: 1 }), texts => {
    expect(texts).not.toContain(syntheticCell('a', [...texts, ...texts, ...texts, ...texts]));
  }));
});

test('a request line has the cells that it was made from', () => {
  fc.assert(fc.property(fc.array(fc.string().filter(cell => !cell.includes('\r')), { minLength: 1 }), cells => {
    expect(rowsOf(`${requestLine(cells)}\n`, ',')).toEqual([cells]);
  }));
});
