import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { VARIANT } from './served-model';
import { EndpointKind } from '../../options/endpoint';
import { PROBE_METRIC, metricNamespace, PROVEN_METRIC } from '../../plan/endpoint/shift';
import { apiWidgets, searched } from '../api/api-widgets';
import type { DashboardApi } from '../api/dashboard-api';
import { monitorWidgets } from '../monitor/monitor-widgets';

/** Which endpoint is shown. */
export interface EndpointDashboardProps {
  /** Name of the endpoint. */
  readonly endpointName: string;

  /**
   * Name of the dashboard; an account has one of this name in all regions together.
   *
   * @default - the endpoint's
   */
  readonly dashboardName?: string;

  /**
   * Kind of the endpoint; each publishes other metrics.
   *
   * @default EndpointKind.REALTIME
   */
  readonly kind?: EndpointKind;

  /**
   * Name of the variant that serves.
   *
   * @default "AllTraffic"
   */
  readonly variantName?: string;

  /**
   * Whether golden rows are asked during updates, which a deploy pipeline does.
   *
   * @default false
   */
  readonly probed?: boolean;

  /**
   * The API in front of the endpoint.
   *
   * @default - none
   */
  readonly api?: DashboardApi;

  /**
   * Whether each release has an endpoint of its own, whose names begin with `endpointName` and `-r`. Their metrics are
   * searched by the words of the name, so endpoints whose names have all these words and more are shown, too.
   *
   * @default false
   */
  readonly perRelease?: boolean;

  /**
   * Kinds of monitors that look at the endpoint, of "data-quality", "model-quality", "bias" and "attribution".
   *
   * @default - none
   */
  readonly monitors?: string[];
}

const MINUTE = Duration.minutes(1);

/**
 * A CloudWatch dashboard of one endpoint: requests, errors, latency, what it runs on, and deployments. It reads only
 * what SageMaker publishes for every endpoint, and what the deploy pipeline and the monitors of a delivery count in the
 * namespace `sagemaker-cicd/<endpoint>`.
 */
export class EndpointDashboard extends Construct {
  /** The dashboard. */
  public readonly dashboard: cloudwatch.Dashboard;

  public constructor(scope: Construct, id: string, props: EndpointDashboardProps) {
    super(scope, id);
    const { endpointName, kind = EndpointKind.REALTIME, variantName = VARIANT, probed = false, api } = props;
    const rows = new Rows(endpointName, variantName, props.perRelease ?? false);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName ?? endpointName,
      defaultInterval: Duration.days(1),
      periodOverride: cloudwatch.PeriodOverride.AUTO,
      widgets: [
        ...(api ? apiWidgets(api, endpointName) : []),
        [rows.requests(), rows.errors(), rows.latency(kind)],
        [...rows.resources(kind), rows.deployments(probed)],
        ...(props.monitors?.length ? [monitorWidgets(props.monitors, endpointName)] : []),
      ],
    });
  }
}

/** Graphs of one endpoint's metrics (SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch"). */
class Rows {
  public constructor(
    private readonly endpointName: string, private readonly variantName: string, private readonly isPerRelease: boolean,
  ) {}

  public requests(): cloudwatch.GraphWidget {
    return graph('Requests per minute', [this.served('Invocations', 'Sum', 'requests')]);
  }

  public errors(): cloudwatch.GraphWidget {
    return graph('Failed requests per minute', [
      this.served('Invocation5XXErrors', 'Sum', 'status 500 and above'),
      this.served('Invocation4XXErrors', 'Sum', 'status 400 to 499'),
    ]);
  }

  /** What SageMaker adds (overhead) is not the model's. */
  public latency(kind: EndpointKind): cloudwatch.GraphWidget {
    return graph('Latency in microseconds', [
      this.served('ModelLatency', 'p50', 'model, half of the requests'),
      this.served('ModelLatency', 'p99', 'model, 99 of 100'),
      this.served('OverheadLatency', 'p99', 'overhead, 99 of 100'),
      ...(kind === EndpointKind.SERVERLESS ? [this.served('ModelSetupTime', 'p99', 'cold start, 99 of 100')] : []),
    ]);
  }

  /** Instances, or what is there in their place; a queue. */
  public resources(kind: EndpointKind): cloudwatch.GraphWidget[] {
    const queue = (name: string, label: string) => this.metric('AWS/SageMaker', name, 'Maximum', label, {});
    const running = (name: string, statistic: string, label: string) => (
      this.metric('/aws/sagemaker/Endpoints', name, statistic, label, { VariantName: this.variantName }));
    if (kind === EndpointKind.SERVERLESS) {
      return [graph('Use of memory and provisioned concurrency', [
        running('MemoryUtilization', 'Maximum', 'memory, percent'),
        this.served('ServerlessProvisionedConcurrencyUtilization', 'Maximum', 'provisioned concurrency, share'),
      ])];
    }
    return [
      graph('Use of the instances, percent', [
        running('CPUUtilization', 'Average', 'CPU (100 for each core)'),
        running('MemoryUtilization', 'Average', 'memory'),
        running('DiskUtilization', 'Average', 'disk'),
      ]),
      ...(kind === EndpointKind.ASYNCHRONOUS ? [graph('Queue', [
        queue('ApproximateBacklogSize', 'waiting requests'),
        queue('ApproximateAgeOfOldestRequest', 'age of the oldest, seconds'),
      ])] : []),
    ];
  }

  /** When a smoke test proved a deployment; wrong answers to golden rows during an update. */
  public deployments(probed: boolean): cloudwatch.GraphWidget {
    const namespace = metricNamespace(this.endpointName);
    return graph('Deployments', [
      this.exactly(namespace, PROVEN_METRIC, 'Sum', 'proven deployments', {}),
      ...(probed ? [this.exactly(namespace, PROBE_METRIC, 'Sum', 'wrong answers to golden rows', {})] : []),
    ]);
  }

  private served(name: string, statistic: string, label: string): cloudwatch.IMetric {
    return this.metric('AWS/SageMaker', name, statistic, label, { VariantName: this.variantName });
  }

  private metric(
    namespace: string, metricName: string, statistic: string, label: string,
    dimensions: { readonly [name: string]: string },
  ): cloudwatch.IMetric {
    if (!this.isPerRelease) { return this.exactly(namespace, metricName, statistic, label, dimensions); }
    const names = ['EndpointName', ...Object.keys(dimensions)].join(',');
    const words = this.endpointName.split('-').map(word => `EndpointName=${word}`).join(' ');
    return searched(`{${namespace},${names}} MetricName="${metricName}" ${words}`, statistic, label);
  }

  private exactly(
    namespace: string, metricName: string, statistic: string, label: string,
    dimensions: { readonly [name: string]: string },
  ): cloudwatch.IMetric {
    const dimensionsMap = { EndpointName: this.endpointName, ...dimensions };
    return new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, label, period: MINUTE });
  }
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8, height: 6 });
}
