import { type Cell, FAULTS, type Fault, STRATEGIES } from './scenarios';

/** Where the page has what is made here. */
export const MARKERS = ['<!-- deployments: made by scripts/deployments.ts -->', '<!-- /deployments -->'] as const;

const minutes = (seconds: number) => `${Math.round(seconds / 6) / 10} min`;

/** What a cell of the table says: failed requests, and when they end. */
function text({ outcome }: Cell): string {
  const bad = outcome.failed + outcome.wrong;
  const share = `${(100 * bad / outcome.requests).toFixed(1)} %`;
  return outcome.end !== 'deployed' ? `${share}, ${minutes(outcome.exposed)}` : `${share}, stays`;
}

/** The table of strategies and faults. */
export function table(cells: readonly Cell[]): string {
  const strategies = Object.keys(STRATEGIES);
  const row = (words: readonly string[]) => `| ${words.join(' | ')} |`;
  return [
    row(['the new model', ...strategies.map(name => (name === 'none' ? 'no option' : `\`${name}\``))]),
    row(['---', ...strategies.map(() => '---')]),
    ...(Object.keys(FAULTS) as Fault[]).map(fault => row([fault, ...strategies.map(strategy => (
      text(cells.find(cell => cell.strategy === strategy && cell.fault === fault)!)))])),
  ].join('\n');
}

const COLOURS: { readonly [strategy: string]: string } = {
  'canary': '#1a7f37', 'linear': '#0969da', 'rolling': '#9a6700', 'all-at-once': '#cf222e',
};
const [WIDTH, HEIGHT, LEFT, TOP, SHOWN] = [720, 300, 56, 40, 60];

/** Failed requests by minute where the new model fails all of them, as a picture. */
export function plot(cells: readonly Cell[]): string {
  const [width, height] = [WIDTH - LEFT - 16, HEIGHT - TOP - 48];
  const x = (minute: number) => LEFT + width * minute / SHOWN;
  const y = (share: number) => TOP + height * (1 - share);
  const label = (at: readonly [number, number], words: string, anchor: string, colour = '#57606a') => (
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words}</text>`);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    `<line x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(share).toFixed(1)}" y2="${y(share).toFixed(1)}" stroke="#d0d7de"/>`,
    label([LEFT - 8, y(share) + 4], `${share * 100} %`, 'end'),
  ]);
  const ticks = [0, 10, 20, 30, 40, 50, 60].map(minute => label([x(minute), HEIGHT - 28], `${minute}`, 'middle'));
  const lines = Object.entries(COLOURS).map(([strategy, colour], i) => {
    const { outcome } = cells.find(cell => cell.strategy === strategy && cell.fault === 'fails every request')!;
    const points = outcome.failedShares.slice(0, SHOWN).flatMap((share, minute) => [
      `${x(minute).toFixed(1)},${y(share).toFixed(1)}`, `${x(minute + 1).toFixed(1)},${y(share).toFixed(1)}`,
    ]);
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>`
      + label([LEFT + 8 + i * 130, 24], `— ${strategy}`, 'start', colour);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" `
      + 'font-size="13">',
    '<title>Share of failed requests by minute, after an update to a model that fails every request</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...grid, ...ticks, label([x(SHOWN / 2), HEIGHT - 8], 'minutes since the update began', 'middle'), ...lines,
    '</svg>', '',
  ].join('\n');
}
