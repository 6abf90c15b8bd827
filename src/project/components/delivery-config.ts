import { Component, JsonFile, type Project } from 'projen';
import type { DeliveryOptions } from '../../options/delivery';
import { OptionError } from '../../options/engine/option-error';
import { deliverySchema } from '../../options/schemas/delivery-schema';
import { checkDelivery } from '../../plan/check';
import { deliveryDiagram } from '../../plan/diagram';
import { normaliseDelivery } from '../../plan/normalise';
import { planDelivery } from '../../plan/plan';

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

  /**
   * @param project the project that gets the configuration
   * @param options what is delivered, from where and to where
   * @throws OptionError that lists every problem, before anything is written
   */
  public constructor(project: Project, options: DeliveryOptions) {
    super(project);
    const problems = checkDelivery(options);
    if (problems.length > 0) { throw new OptionError(problems); }
    const delivery = normaliseDelivery(options);
    this.bootstrapQualifier = delivery.infrastructure.bootstrapQualifier;
    this.diagram = deliveryDiagram(planDelivery(delivery));
    // No marker key: the file is checked against a schema that allows none.
    this.file = new JsonFile(project, 'config/delivery.json', {
      obj: { $schema: './delivery.schema.json', ...delivery }, marker: false,
    });
    new JsonFile(project, 'config/delivery.schema.json', { obj: deliverySchema, marker: false });
  }
}
