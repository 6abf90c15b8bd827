import type { Place } from '../plan/place';

/** One thing that must be there before the first deployment; the values are those that the Python side looks for. */
export interface PreflightCheck {
  readonly kind:
    | 'bootstrap' | 'bootstrapBoundary' | 'trust' | 'execution' | 'assets' | 'connection' | 'repository' | 'boundary'
    | 'network' | 'logs' | 'key' | 'dataKey' | 'topic' | 'alarm' | 'quota' | 'secret' | 'bucket' | 'bus' | 'leftover'
    | 'trail' | 'certificate' | 'hostedZone' | 'webAcl' | 'vpcEndpoints' | 'apiLogs' | 'layer' | 'release'
    | 'identityProvider' | 'signingKey' | 'hostRepository' | 'hostSubject' | 'hostBranch' | 'hostEnvironment';
  /** What is looked at, in a person's words. */
  readonly title: string;
  /** The repository, where its host is asked and not AWS. */
  readonly host?: string;
  /** Where; account and region that are not given are those of the credentials. */
  readonly place: Place;
  /** What the check needs to know. */
  readonly wants: { readonly [name: string]: string | number | boolean | readonly string[] };
  /** What to do when it is missing. */
  readonly fix: string;
}
