/**
 * Runs verdaccio in a process of its own and tells the parent its port. It ends when the parent does, however that
 * ends.
 *
 * Usage: node --import tsx npm-server.ts CONFIG
 */
import type { Server } from 'node:http';
import { runServer } from 'verdaccio';

process.on('disconnect', () => process.exit(0));

void (async () => {
  const app = await runServer(process.argv[2]) as Server;
  app.listen(0, '127.0.0.1', () => {
    const address = app.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
})();
