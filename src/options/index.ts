export * from './training-options';
export * from './quality-gate-options';
