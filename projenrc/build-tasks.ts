import { Component, javascript, JsonFile } from 'projen';

const SWC = ['@swc/jest', {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true }, module: { type: 'commonjs' },
}];

/** The tasks that are this project's own: the lazy front door, tests in stages, the demo, the benchmarks. */
export class BuildTasks extends Component {
  constructor(project: javascript.NodeProject) {
    super(project);
    const options = project.addTask('options', {
      description: 'Read the declarations of the options', exec: 'tsx scripts/options.ts',
    });
    options.exec('tsx scripts/options-document.ts');
    project.compileTask.prependSpawn(options);
    project.compileTask.exec('tsx scripts/lazy-front-door.ts');
    project.compileTask.exec('tsx scripts/role-table.ts');
    project.compileTask.exec('tsx scripts/lean-code.ts');
    project.tasks.tryFind('docgen')!.reset('tsx scripts/api-reference.ts', { receiveArgs: true });
    // A release publishes what its build has packed: for every language, wherever it runs.
    project.packageTask.reset();
    project.packageTask.spawn(project.tasks.tryFind('package-all')!);
    project.testTask.reset('tsx scripts/test.ts', { receiveArgs: true });
    project.addTask('test:long', {
      description: 'The suites that npm test shortens, whole', exec: 'tsx scripts/test.ts', env: { TEST_LONG: 'true' },
      receiveArgs: true,
    });
    for (const [name, description, exec] of [
      [
        'demo', 'Make a repository as a user would, run its pipeline here and synthesize its infrastructure',
        'tsx scripts/demo.ts',
      ],
      [
        'fingerprint', 'Hash everything that this package makes; with a file of before, compare',
        'tsx --tsconfig tsconfig.dev.json scripts/fingerprint.ts',
      ],
      ['docs:build', 'Make a site of the documents', 'tsx scripts/site.ts build'],
      ['docs:preview', 'Serve the site of the documents on this machine', 'tsx scripts/site.ts preview'],
      ['bench', 'Measure against stock projects, side by side', 'tsx bench/run.ts'],
      ['test:unit', 'The tests in process', 'jest --ci --config jest.config.json'],
      [
        'test:integ', 'The end-to-end tests: packed packages, real registries, real tools',
        'jest --ci --config integ/jest.config.json --runInBand',
      ],
    ]) {
      project.addTask(name, { description, exec, receiveArgs: true });
    }
    new JsonFile(project, 'jest.config.json', {
      obj: {
        rootDir: '.',
        cacheDirectory: '<rootDir>/build/jest',
        roots: ['<rootDir>/test'],
        setupFiles: ['<rootDir>/test/random.ts'],
        testMatch: ['**/*.test.ts'],
        transform: { '^.+\\.ts$': SWC },
        modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/lib', '<rootDir>/demo', '<rootDir>/build'],
      },
      marker: false,
    });
    new JsonFile(project, 'integ/jest.config.json', {
      obj: {
        rootDir: '.',
        cacheDirectory: '<rootDir>/../build/jest',
        testMatch: ['**/*.integ.ts'],
        transform: { '^.+\\.ts$': SWC },
        testTimeout: 900_000,
      },
      marker: false,
    });
  }
}
