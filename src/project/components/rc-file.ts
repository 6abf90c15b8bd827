import { javascript, type Project, python, typescript } from 'projen';
import { inAppGroup } from '../commands';
import { peerRanges } from '../package-files';
import type { PythonEnvironment } from './python-environment';

/**
 * `.projenrc.ts`, run by Node.js with sucrase, which strips the types of `.ts` files and leaves everything else alone:
 * tsx looks at each of the hundreds of modules that projen loads, and ts-node checks types on the way.
 *
 * Type errors reach the user in `test`; wrong values are refused by the option checks at each run.
 *
 * @internal
 */
export class TypeScriptRcFile extends typescript.ProjenrcTs {
  public constructor(project: Project) {
    super(project, { tsconfigFileName: 'tsconfig.json', runner: typescript.TypeScriptRunner.tsx() });
    project.defaultTask?.reset('node --require sucrase/register/ts .projenrc.ts');
    for (const include of ['infra/**/*.ts', 'projenrc/**/*.ts']) { this.tsconfig.addInclude(include); }
    setCompilerOptions(this.tsconfig);
  }
}

/**
 * `tsconfig.json` of a repository that has no rc file, since projen is being ejected from it.
 *
 * @internal
 */
export function addAppTypes(project: Project): void {
  setCompilerOptions(new javascript.TypescriptConfig(project, {
    fileName: 'tsconfig.json', include: ['infra/**/*.ts'], compilerOptions: {},
  }));
}

function setCompilerOptions(tsconfig: javascript.TypescriptConfig): void {
  tsconfig.file.addOverride('compilerOptions', {
    target: 'ES2022', lib: ['ES2022'], module: 'node16', moduleResolution: 'node16', types: ['node'],
    strict: true, noEmit: true, skipLibCheck: true, isolatedModules: true,
    noUnusedLocals: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true,
  });
}

/**
 * `.projenrc.py`, run in the repository's own Python environment, which uv brings up to the lock first.
 *
 * @internal
 */
export class PythonRcFile extends python.Projenrc {
  public constructor(project: Project, environment: PythonEnvironment) {
    // By default projen would name the version that Python happens to have, which npm may not know.
    super(project, { projenVersion: peerRanges().projen });
    project.defaultTask?.reset();
    project.defaultTask?.spawn(environment.uvTask);
    project.defaultTask?.exec(environment.command(inAppGroup('python .projenrc.py')));
  }
}
