import type { DeliveryPlan } from '../plan/model';
import type { ForeignNames } from '../plan/stacks/kinds';

/** A statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

/** What the statements of one account are made from. */
export interface ServiceScope {
  readonly plan: DeliveryPlan;
  /** Names in the account that are not the delivery's own. */
  readonly foreign: readonly ForeignNames[];
  readonly account?: string;
  /** What every name of the delivery begins with, and every foreign one. */
  readonly prefixes: readonly string[];
  readonly partition: string;
  /** ARN of something in the account, in its regions; `region` for services that have none. */
  arn(service: string, resource: string, region?: string): string;
  /** ARNs of everything whose name has one of the prefixes, which stands where the resource has `{}`. */
  named(service: string, resource: string, region?: string): string[];
}

/** The statements for one service. */
export type Service = (scope: ServiceScope) => PolicyStatement[];

/** A statement that allows. */
export const allow = (
  Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: PolicyStatement['Condition'],
): PolicyStatement => ({
  Sid, Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}),
});

/** Actions of a service, from their names with blanks in between. */
export const actions = (service: string, names: string) => names.trim().split(/\s+/).map(name => `${service}:${name}`);
