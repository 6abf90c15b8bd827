import { Component, javascript } from 'projen';

/** The tasks that are this project's own: the lazy front door, the bundled handlers, tests in stages, the demo. */
export class BuildTasks extends Component {
  constructor(project: javascript.NodeProject) {
    super(project);
    project.compileTask.exec('tsx scripts/lazy-front-door.ts');
    project.testTask.reset('tsx scripts/test.ts', { receiveArgs: true });
  }
}
