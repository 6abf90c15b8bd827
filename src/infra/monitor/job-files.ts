import { toolsIn } from '../shared/tools-asset';

/** What the report page of a run is made of, in the folder of the local report. */
const PAGE = [
  'markup.py', 'monitor_page.py', 'names.py', 'parts.py', 'shell.py', 'style.css', 'svg.py', 'text.py',
  'charts/__init__.py', 'charts/distribution.py', 'charts/frame.py', 'charts/scale.py',
];

/**
 * What a monitor's processing job consists of, beside its `settings.json`: the job's own modules and what a page shows of
 * a comparison side by side, and the packages `model_monitor` and `report` in folders of their own.
 */
export function monitorJobFiles(): string[] {
  return [
    ...toolsIn('monitor', /\.py$/),
    '../runner/local_runner/monitor/pieces.py',
    ...toolsIn('../monitor/model_monitor', /\.py$/),
    ...PAGE.map(name => `../runner/local_runner/report/${name}`),
  ];
}
