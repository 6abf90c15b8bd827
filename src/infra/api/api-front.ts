import type { Construct } from 'constructs';
import type { Front, FrontProps } from './front-props';
import { HttpFront } from './http-front';
import { RestFront } from './rest-front';
import { ApiType } from '../../options/api';

/** The API of the kind that the options name. */
export function makeFront(scope: Construct, id: string, props: FrontProps): Front {
  return props.settings.type === ApiType.REST ? new RestFront(scope, id, props) : new HttpFront(scope, id, props);
}

/** Types of bodies that are no text, beside that which the smoke test sends. */
const BINARY_TYPES = [
  'application/octet-stream', 'application/x-npy', 'application/x-recordio-protobuf', 'image/jpeg', 'image/png',
];

/** Types that API Gateway hands on as they are; it would take others for text. */
export function binaryTypes(...used: readonly string[]): string[] {
  return [...new Set([...BINARY_TYPES, ...used.filter(type => !/^text\/|json|xml/.test(type))])].sort();
}
