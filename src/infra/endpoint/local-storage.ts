/**
 * Families whose instances have NVMe storage of their own. That storage is encrypted by the hardware, and SageMaker
 * refuses a KMS key for it (SageMaker API reference, EndpointConfig KmsKeyId; EC2 guide, "Instance store volumes").
 */
const LOCAL_STORAGE =
  /^ml\.(([cmr]\d+[a-z]*d[a-z]*)|p3dn|p4de?|p5[a-z]*|p6[a-z0-9-]*|g4dn|g5|g6e?|g6f|gr6|trn\d\w*|i\d\w*|x2\w*d\w*)\./;

/** Whether the volumes of an instance type cannot be encrypted with a KMS key. */
export function hasLocalStorage(instanceType: string): boolean {
  return LOCAL_STORAGE.test(instanceType);
}
