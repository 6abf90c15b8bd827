import type { Project } from 'projen';
import { packageFiles, packagePath } from '../package-files';
import { SyncedFile } from '../sync/synced-file';

/** Adds the Python templates that a filter selects, each at its own path. */
export function addTemplates(project: Project, wanted: (file: string) => boolean): void {
  for (const file of packageFiles('templates', 'python').filter(wanted)) {
    new SyncedFile(project, file, { sourcePath: packagePath('templates', 'python', file) });
  }
}

/** Whether a test of the templates is about the pipeline and not about the model's scripts. */
export function isPipelineTest(file: string): boolean {
  return /^tests\/test_(pipeline|settings|metric_settings|compile|commands?|code_package|columns|tuning)/.test(file);
}
