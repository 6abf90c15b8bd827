import { Project } from 'projen';
import { SyncedFile, type SyncedFileOptions } from '../../../src/project/sync/synced-file';
import type { ProjectDirectory } from '../../../testing/project-directory';

export const V1 = 'one\ntwo\nthree\nfour\nfive\n';

/** A project of anyone's in a directory, synthesized; returns what the synth told. */
export function synthIn(directory: ProjectDirectory, fill: (project: Project) => void): string[] {
  const project = new Project({ name: 'p', outdir: directory.path });
  const told: string[] = [];
  jest.spyOn(project.logger, 'info').mockImplementation((...text: unknown[]) => { told.push(text.join(' ')); });
  fill(project);
  project.synth();
  return told;
}

/** Adds a synced file to a project. */
export const file = (name: string, options: SyncedFileOptions) => (project: Project) => {
  new SyncedFile(project, name, options);
};
