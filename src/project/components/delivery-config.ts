import { Component, JsonFile, type Project } from 'projen';
import type { Delivery } from '../../delivery/delivery';
import { deliverySchema } from '../../options/schemas/delivery-schema';
import { deliveryDiagram } from '../../plan/diagram';
import { type DeliveryWarning, warningsOf } from '../../plan/warnings';

/**
 * `config/delivery.json`: sources, accounts, groups, stages and endpoints with every default filled in, and its JSON
 * schema.
 *
 * Works in any projen project; `infra.SageMakerCicd.fromConfig` reads the file.
 */
export class DeliveryConfig extends Component {
  /** The managed configuration file. */
  public readonly file: JsonFile;
  /** The stages as a Mermaid diagram, made from the same options. */
  public readonly diagram: string;
  /** Qualifier of the CDK bootstrap that the delivery is deployed with. */
  public readonly bootstrapQualifier: string;
  private readonly warnings: readonly DeliveryWarning[];

  /**
   * @param project the project that gets the configuration
   * @param delivery what is delivered, from where and to where
   */
  public constructor(project: Project, delivery: Delivery) {
    super(project);
    const { delivery: settings } = delivery._plan;
    this.bootstrapQualifier = settings.infrastructure.bootstrapQualifier;
    this.warnings = warningsOf(settings);
    this.diagram = deliveryDiagram(delivery._plan);
    // No marker key: the file is checked against a schema that allows none.
    this.file = new JsonFile(project, 'config/delivery.json', {
      obj: { $schema: './delivery.schema.json', ...settings }, marker: false,
    });
    new JsonFile(project, 'config/delivery.schema.json', { obj: deliverySchema, marker: false });
  }

  /** Logs the warnings of the delivery. */
  public override postSynthesize(): void {
    this.warnings.forEach(({ text }) => this.project.logger.warn(text));
  }
}
