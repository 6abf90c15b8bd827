import type { Project } from 'projen';

/** Does something before and after a synth, which it calls. */
export type AroundSynth = (synth: () => void) => void;

const BY_PROJECT = new WeakMap<Project, AroundSynth[]>();

/**
 * Puts something around all of a project's synth, what was put around it before included. projen has no hook of its own
 * that comes last.
 *
 * From Python a method that was replaced on the object alone is not seen: jsii calls that of the class.
 * `SageMakerCicdProject` therefore calls `synthWithin`; other kinds of projects have it from TypeScript alone.
 */
export function aroundSynth(project: Project, around: AroundSynth): void {
  const known = BY_PROJECT.get(project);
  if (known) {
    known.push(around);
  } else {
    const synth = project.synth.bind(project);
    project.synth = () => around(synth);
  }
}

/** Says that a project's class calls `synthWithin` itself. */
export function callsSynthWithin(project: Project): void {
  BY_PROJECT.set(project, []);
}

/** A synth with everything that was put around it. */
export function synthWithin(project: Project, synth: () => void): void {
  (BY_PROJECT.get(project) ?? []).reduce<() => void>((inner, around) => () => around(inner), synth)();
}
