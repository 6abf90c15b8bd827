/** Makes the repository of a flavour that the end-to-end tests take copies of. Usage: fixture.ts typescript|python */
import { copyOfRepository } from '../../testing/harness/fixture';
import { startRegistries } from '../../testing/harness/registries';
import type { Flavour } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';

void (async () => {
  const registries = await startRegistries();
  try {
    await copyOfRepository(process.argv[2] as Flavour, registries);
  } finally {
    await registries.stop();
    removeTemporary();
  }
})();
