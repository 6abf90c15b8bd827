import * as fs from 'node:fs';
import * as path from 'node:path';
import { FRAMEWORKS } from './frameworks';
import { isKnownRegion } from './regions';

/** Accounts that AWS publishes images from, as `scripts/image_accounts.py` writes them from what the SDK knows. */
interface ImageAccounts {
  readonly registries: ReadonlyArray<{
    readonly repositories: readonly string[];
    /** Region by account. */
    readonly accounts: { readonly [account: string]: string };
  }>;
}

const FILE = path.resolve(__dirname, '..', '..', '..', 'tools', 'deploy', 'images.json');

/** The image that monitors run in: scikit-learn's, which has numpy, pandas, pyarrow and boto3 for every framework. */
const SKLEARN = FRAMEWORKS.sklearn;

/** Repository and tag of the image; scikit-learn's has one for CPUs alone (`sagemaker.core.image_uris`). */
export const MONITOR_IMAGE = {
  repository: SKLEARN.image.repository, tag: `${SKLEARN.containerVersion}-cpu-py3`,
} as const;

/** The account that the image is published from, by region. */
export function monitorImageAccounts(): { readonly [region: string]: string } {
  const { registries } = JSON.parse(fs.readFileSync(FILE, 'utf8')) as ImageAccounts;
  const { accounts } = registries.find(({ repositories }) => repositories.includes(MONITOR_IMAGE.repository))!;
  return Object.fromEntries(Object.entries(accounts).map(([account, region]) => [region, account] as const)
    .filter(([region]) => isKnownRegion(region)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
