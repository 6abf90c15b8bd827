import { Component, JsonFile, type Project } from 'projen';
import { APP_COMMANDS, appArguments, withArguments } from '../commands';
import { packagePath } from '../package-files';
import { DeliveryConfig } from './delivery-config';
import type { PythonEnvironment } from './python-environment';
import { toolkitStackName } from '../../options/knowledge/bootstrap-qualifier';
import { isUserOwned } from '../sync/ownership';
import { SyncedFile } from '../sync/synced-file';

/** In which language the CDK app is written. */
export interface InfraAppOptions {
  /**
   * The Python environment that holds the CDK, for an app in Python (`infra/app.py`).
   * @default - the app is written in TypeScript (`infra/app.ts`) and run by tsx
   */
  readonly python?: PythonEnvironment;
}

/**
 * The CDK app that turns `config/delivery.json` into stacks, and the tasks `synth`, `diff` and `deploy`.
 *
 * Works in any projen project that has a DeliveryConfig and, for TypeScript, the npm packages aws-cdk, aws-cdk-lib and
 * tsx.
 */
export class InfraApp extends Component {
  /** The managed `cdk.json`, for escape hatches such as further context. */
  public readonly cdkJson: JsonFile;
  /** Path of the app, relative to the project's directory. */
  public readonly appPath: string;

  /**
   * @param project the project that gets the app
   * @param options its language
   */
  public constructor(project: Project, options: InfraAppOptions = {}) {
    super(project);
    const { python } = options;
    this.appPath = python ? 'infra/app.py' : 'infra/app.ts';
    new SyncedFile(project, this.appPath, {
      sourcePath: packagePath('templates', python ? 'infra-py' : 'infra-ts', python ? 'app.py' : 'app.ts'),
    });
    this.cdkJson = new JsonFile(project, 'cdk.json', {
      obj: () => {
        const qualifier = project.components.find(c => c instanceof DeliveryConfig)?.bootstrapQualifier;
        return {
          app: APP_COMMANDS[python ? 'python' : 'typescript'],
          output: 'cdk.out',
          versionReporting: false,
          // Look-ups of notices and versions need the internet and slow each synth down.
          notices: false,
          context: {
            // Else a template that CloudFormation would refuse is a warning among others, and the build goes on.
            '@aws-cdk/core:validateAgainstDefaultRules': true,
            // Stacks that are added to the app are deployed with the delivery's bootstrap, too.
            ...(qualifier ? { '@aws-cdk/core:bootstrapQualifier': qualifier } : {}),
          },
          // A `cdk bootstrap` without arguments leaves the one alone that other applications share.
          ...(qualifier ? { toolkitStackName: toolkitStackName(qualifier) } : {}),
        };
      },
    });
    project.gitignore.exclude('/cdk.out/', '/cdk.context.json.bak');
    // A cdk.json of the user's names another app.
    const app = isUserOwned(project, 'cdk.json') ? ` ${appArguments(python !== undefined)}` : '';
    // The CDK's validation of templates takes three quarters of the time; the pipelines leave it on, and so does
    // `synth --validation`.
    this.addTask(
      'synth', 'Synthesize the infrastructure to cdk.out/, without AWS', [`cdk synth --quiet --no-validation${app}`],
      python,
    );
    this.addTask('diff', 'Compare the infrastructure with what is deployed', [`cdk diff${app}`], python);
    // What a deleted stack has left behind under a fixed name would else end in "already exists".
    this.addTask('deploy', 'Deploy the infrastructure', [`cdk deploy --all --import-existing-resources${app}`], python);
  }

  private addTask(name: string, description: string, commands: string[], python?: PythonEnvironment): void {
    if (python) {
      python.addTask(name, description, commands);
      return;
    }
    this.project.addTask(name, {
      description, receiveArgs: true, steps: commands.map(exec => ({ exec: withArguments(exec), receiveArgs: true })),
    });
  }
}
