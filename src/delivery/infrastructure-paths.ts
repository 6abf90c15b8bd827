export { infrastructurePaths, triggerPatterns } from '../options/knowledge/infrastructure-paths';
