import type { PolicyDocument } from './policies';

/** Values of condition keys. */
export type Context = { readonly [key: string]: string | readonly string[] };

/** One authorisation that AWS decides. */
export interface Request {
  /** ARN of the role, or the name of a service. */
  readonly principal: string;
  readonly action: string;
  /** ARN; `*` for actions that know no resources. */
  readonly resource: string;
  /** What the call itself adds to what AWS always fills in. */
  readonly context?: Context;
}

/** A statement that allowed a request. */
export interface Granted {
  readonly by: 'identity' | 'resource' | 'pb';
  /** Name of the policy; empty for resource policies. */
  readonly policy: string;
  /** Position in the policy, from 0. */
  readonly index: number;
  readonly sid?: string;
}

/** What was decided, and by what. */
export interface Answer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly granted: readonly Granted[];
}

/** Documents of permissions boundaries by ARN. A boundary that is not named allows everything: it is the user's own. */
export type Boundaries = { readonly [arn: string]: PolicyDocument };
