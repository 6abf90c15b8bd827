import { fork } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { killTree, ROOT, run } from './process';
import { temporaryDirectory } from './temporary';

/** An npm registry on loopback that holds packages of ours and hands everything else on. */
export interface NpmRegistry {
  readonly url: string;
  /** What npm needs to use it. */
  readonly env: NodeJS.ProcessEnv;
  /** Publishes a tarball, which becomes the newest version. */
  publish(tarball: string): Promise<void>;
  stop(): void;
}

/**
 * Starts verdaccio with an empty store and publishes a tarball into it.
 *
 * npm's own cache stays in use: it finds the packages of others by their checksum and ours never, since each registry
 * has a new port and with it new addresses. Lock files leave addresses out, so nothing of the registry stays in a
 * repository.
 */
export async function startNpmRegistry(tarball: string, env: NodeJS.ProcessEnv): Promise<NpmRegistry> {
  const home = temporaryDirectory('npm-registry');
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: home, env })).stdout.trim();
  const config = path.join(home, 'config.json');
  fs.writeFileSync(config, JSON.stringify({
    storage: path.join(home, 'storage'),
    auth: { htpasswd: { file: path.join(home, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, maxage: '60m', timeout: '60s', max_fails: 20, cache: false } },
    packages: {
      'sagemaker-cicd-projen': { access: '$all', publish: '$all', unpublish: '$all' },
      '**': { access: '$all', publish: '$authenticated', proxy: 'upstream' },
    },
    web: { enable: false },
    middlewares: {},
    max_body_size: '50mb',
    log: { type: 'file', path: path.join(home, 'verdaccio.log'), level: 'warn' },
    self_path: home,
  }));
  const child = fork(path.join(__dirname, 'npm-server.ts'), [config], {
    cwd: ROOT, env, execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true,
  });
  let output = '';
  child.stdout?.on('data', (text: Buffer) => { output += text.toString(); });
  child.stderr?.on('data', (text: Buffer) => { output += text.toString(); });
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The npm registry ${why}:\n${output.slice(-3000)}`));
    const timer = setTimeout(() => { killTree(child); fail('did not start within 60 s'); }, 60_000);
    child.on('message', message => { clearTimeout(timer); resolve(message as number); });
    child.on('exit', code => { clearTimeout(timer); fail(`ended with exit code ${code}`); });
  });
  const address = `127.0.0.1:${port}/`;
  const url = `http://${address}`;
  const client = {
    npm_config_registry: url, npm_config_omit_lockfile_registry_resolved: 'true', npm_config_audit: 'false',
  };
  const registry: NpmRegistry = {
    url,
    env: client,
    publish: async file => {
      // npm wants a token before it publishes anywhere; this registry takes any.
      await run('npm', ['publish', file, `--//${address}:_authToken=anyone`, '--tag', 'latest'], {
        cwd: home, env: { ...env, ...client },
      });
    },
    stop: () => killTree(child),
  };
  await registry.publish(tarball);
  return registry;
}
