export * from './delivery';
export * from './options';
export * from './project';
export * as infra from './infra';
