import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DeliveryOptions } from '../options/delivery';
import { OptionError } from '../options/engine/option-error';
import { checkedPlan } from '../plan/check';
import type { DeliveryPlan } from '../plan/model';

/**
 * A delivery whose options are right, with the plan of its stacks, names and roles: made once, and handed to everything
 * that belongs to the delivery.
 */
export class Delivery {
  /**
   * The delivery that options describe.
   *
   * @param options the delivery, as in `config/delivery.json`
   * @throws OptionError that lists every problem
   */
  public static of(options: DeliveryOptions): Delivery {
    const { plan, problems } = checkedPlan(options);
    if (plan === undefined) { throw new OptionError(problems); }
    return new Delivery(plan);
  }

  /**
   * The delivery that a file describes.
   *
   * @param file path of the file, usually `config/delivery.json`
   * @throws OptionError when the file is missing, is not valid JSON or does not describe a valid delivery
   */
  public static fromConfig(file: string): Delivery {
    return Delivery.of(readJson(path.resolve(file), file) as DeliveryOptions);
  }

  /**
   * The delivery of a plan whose options have been checked.
   *
   * @internal
   */
  public static _of(plan: DeliveryPlan): Delivery {
    return new Delivery(plan);
  }

  /** @internal */
  public readonly _plan: DeliveryPlan;

  private constructor(plan: DeliveryPlan) {
    this._plan = plan;
  }
}

function readJson(full: string, shown: string): unknown {
  const fail = (value: string, fix: string) => new OptionError([{
    path: shown,
    value,
    allowed: 'the JSON file that describes the delivery',
    fix,
  }]);
  if (!fs.existsSync(full)) {
    throw fail(
      'a missing file',
      'Run the CDK app from the root of the repository. If the file is missing there, restore it from git or run npx '
        + 'projen.',
    );
  }
  try {
    return JSON.parse(fs.readFileSync(full, 'utf-8'));
  } catch (error) {
    throw fail(
      `invalid JSON (${(error as Error).message})`,
      'Fix it, restore it from git, or run npx projen to write it again.',
    );
  }
}
