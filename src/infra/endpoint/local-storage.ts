import { NVME_FAMILIES } from '../../options/knowledge/instance-types';

/**
 * Whether the volumes of an instance type cannot be encrypted with a KMS key: NVMe storage of its own is encrypted by
 * the hardware, and SageMaker refuses a key for it (SageMaker API reference, EndpointConfig KmsKeyId).
 */
export function hasLocalStorage(instanceType: string): boolean {
  return NVME_FAMILIES.includes(instanceType.split('.')[1]);
}
