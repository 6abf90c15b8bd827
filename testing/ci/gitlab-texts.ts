import * as fs from 'node:fs';
import * as path from 'node:path';
import { Project } from 'projen';
import { Delivery } from '../../src/delivery/delivery';
import type { DeliveryPlan } from '../../src/plan/model';
import { GitlabDelivery } from '../../src/project';
import { temporary } from '../deliveries/synth';

/** The texts of a delivery's files of GitLab's by their paths, as a project writes them. */
export function gitlabTexts(
  plan: DeliveryPlan, change: (project: Project) => void = () => undefined,
): { readonly [file: string]: string } {
  const outdir = temporary();
  const project = new Project({ name: 'churn', outdir });
  new GitlabDelivery(project, Delivery._of(plan));
  change(project);
  project.synth();
  const folder = path.join('.gitlab', 'ci');
  const files = ['.gitlab-ci.yml', ...fs.readdirSync(path.join(outdir, folder)).map(file => path.join(folder, file))];
  return Object.fromEntries(files.map(file => [file, fs.readFileSync(path.join(outdir, file), 'utf8')]));
}
