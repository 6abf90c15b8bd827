import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { DeliveryPlan } from '../../../plan/model';
import { PrivateBucket } from '../../shared/private-bucket';

export interface EvidenceStoreProps {
  readonly plan: DeliveryPlan;
  /** Full name of the bucket, with placeholders. */
  readonly name: string;
  readonly key: IKey;
}

/** Keeps approval records and what they name. */
export class EvidenceStore extends Construct {
  public readonly storage: PrivateBucket;

  public constructor(scope: Construct, id: string, { name, key }: EvidenceStoreProps) {
    super(scope, id);
    this.storage = new PrivateBucket(this, 'Storage', { name, key });
  }
}
