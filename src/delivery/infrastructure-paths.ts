export { infrastructurePaths, triggerPatterns } from '../options/infrastructure-paths';
