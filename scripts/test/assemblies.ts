/**
 * Synthesizes the deliveries that the tests in `integ/infra/python` and `tools/tests` look at, into the folder that
 * is given: the default one, and beside it those whose events cross accounts and regions.
 */
import * as fs from 'node:fs';
import { synthesize, synthesizeWithFunction } from '../../testing/deliveries/assemblies';
import { cleanUp } from '../../testing/deliveries/synth';

const [parent] = process.argv.slice(2);
fs.rmSync(parent, { recursive: true, force: true });
['default', 'sevenAccounts', 'regions', 'batch', 'gxp', 'apis', 'monitored'].forEach(name => synthesize(name, parent));
synthesizeWithFunction('regions', 'far', parent);
cleanUp();
