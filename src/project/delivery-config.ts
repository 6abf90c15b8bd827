import * as fs from 'node:fs';
import { Component, JsonFile, type Project } from 'projen';
import { packagePath } from './package-files';
import { deliveryDiagram } from '../delivery/diagram';
import { normaliseDelivery } from '../delivery/normalise';
import { planDelivery } from '../delivery/plan';
import type { DeliveryOptions } from '../options/delivery';
import { deliverySchema } from '../options/delivery-schema';
import { PROBLEM_TYPES } from '../options/frameworks';

/**
 * `config/delivery.json`: sources, accounts, groups, stages and endpoints with every default filled in, and its JSON schema.
 *
 * Works in any projen project; `infra.SageMakerCicd.fromConfig` reads the file.
 */
export class DeliveryConfig extends Component {
  /** The managed configuration file. */
  public readonly file: JsonFile;
  /** The stages as a Mermaid diagram, made from the same options. */
  public readonly diagram: string;

  /**
   * @param project the project that gets the configuration
   * @param options what is delivered, from where and to where
   */
  public constructor(project: Project, options: DeliveryOptions) {
    super(project);
    const delivery = normaliseDelivery(options);
    this.diagram = deliveryDiagram(planDelivery(delivery));
    // No marker key: the file is checked against a schema that allows none.
    this.file = new JsonFile(project, 'config/delivery.json', { obj: { $schema: './delivery.schema.json', ...delivery }, marker: false });
    new JsonFile(project, 'config/delivery.schema.json', { obj: deliverySchema, marker: false });
  }
}

/** One request of the sample data, to ask a deployed endpoint whether it answers: the first row without the column to predict. */
export function sampleRequest(problemType: string, targetColumn: string): string {
  const file = packagePath('templates', 'data', PROBLEM_TYPES[problemType].sample);
  const [header, first] = fs.readFileSync(file, 'utf8').split(/\r?\n/, 2).map(line => line.split(','));
  const target = header.indexOf(targetColumn);
  return first.filter((_, i) => i !== target).join(',');
}
