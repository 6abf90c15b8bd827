/** Where something is; an account or region that is not given is the one that the infrastructure is deployed to. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
}

/** Whether two places are certainly the same. */
export function samePlace(a: Place, b: Place): boolean {
  return a.account === b.account && a.region === b.region;
}

/** The place of something that is more than a place. */
export function placeOf({ account, region }: Place): Place {
  return { account, region };
}
