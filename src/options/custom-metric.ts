/**
 * A metric of your own, which `model/custom_metrics.py` computes in a function of the same name.
 *
 * It is measured with the others: in the evaluation, the registry and the report, beside the baseline and the approved
 * version; `qualityGate.metric` can name it.
 *
 * @fix Write it as an object in the rc file, for example { name: "profit", better: "higher" }.
 */
export interface CustomMetricOptions {
  /**
   * Name of the metric and of its function, in snake_case.
   *
   * @pattern ^[a-z][a-z0-9]*(_[a-z0-9]+)*$
   * @maxLength 48
   * @allowed a name in snake_case of at most 48 characters
   * @fix Name it as its function in model/custom_metrics.py.
   * @examples ["profit"]
   */
  readonly name: string;
  /**
   * Which of two values is better: the higher or the lower one.
   *
   * @values ["higher", "lower"]
   * @fix Choose higher for a gain, lower for an error or a cost.
   */
  readonly better: string;
  /**
   * Smallest value that the metric can have; a threshold of the quality gate is checked against it.
   *
   * @fix Give a number, or omit it.
   * @default - none
   * @examples [0]
   */
  readonly minimum?: number;
  /**
   * Largest value that the metric can have; a threshold of the quality gate is checked against it.
   *
   * @fix Give a number, or omit it.
   * @default - none
   * @examples [1]
   */
  readonly maximum?: number;
}
