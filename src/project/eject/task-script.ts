import type { TaskSpec, TasksManifest, TaskStep } from 'projen';
import { placedArguments } from '../commands';

/** Where the tasks of an ejected repository lie. */
export const TASK_SCRIPT = 'scripts/tasks.sh';

/** The second line of the script, by which a script of an interrupted eject is known again. */
export const TASK_SCRIPT_TITLE = `# The tasks of this repository: npm run <task> [-- arguments], or sh ${TASK_SCRIPT} `
  + '<task> [arguments].';

/** Tasks that only make sense while projen writes the files. */
const PROJEN_ONLY = /^(default|eject|clobber|sync(:.*)?)$/;

/** npm's own commands: a script of this name would run within them. */
const NPM_OWN = ['install', 'install:ci'];

/**
 * The tasks that are left without projen, by name; those that have nothing to do are left out, and so are the steps
 * that call them.
 */
export function remainingTasks(manifest: TasksManifest): ReadonlyMap<string, TaskSpec> {
  let tasks = new Map(Object.entries(manifest.tasks ?? {}).filter(([name]) => !PROJEN_ONLY.test(name)));
  for (let before = -1; before !== tasks.size;) {
    before = tasks.size;
    const known = tasks;
    const spawned = new Set([...known.values()].flatMap(task => (task.steps ?? []).map(step => step.spawn)));
    tasks = new Map([...known].flatMap(([name, task]): [string, TaskSpec][] => {
      const steps = (task.steps ?? []).filter(step => step.spawn === undefined || known.has(step.spawn));
      return steps.length === 0 || (NPM_OWN.includes(name) && !spawned.has(name)) ? [] : [[name, { ...task, steps }]];
    }));
  }
  return tasks;
}

/**
 * The tasks as one shell script that needs neither projen nor its bookkeeping.
 *
 * projen's own runner for ejected repositories drops the arguments that a task is given; a shell passes them on as they
 * are.
 */
export function taskScript(manifest: TasksManifest): string {
  const tasks = remainingTasks(manifest);
  return [
    '#!/bin/sh',
    TASK_SCRIPT_TITLE,
    'set -e',
    'cd "$(dirname "$0")/.."',
    ...exported(manifest.env),
    '',
    '# A task runs in a shell of its own, so that its variables stay its own.',
    'run() (',
    '  task_name="$1"',
    '  [ $# -eq 0 ] || shift',
    '  [ "${1-}" != -- ] || shift',
    '  case "$task_name" in',
    ...[...tasks.values()].flatMap(task => [
      ...(task.description ? [`    # ${task.description.replace(/\s+/g, ' ')}`] : []),
      `    ${quoted(task.name)})`,
      ...taskLines(task, manifest).map(line => `      ${line}`),
      '      ;;',
    ]),
    '    *)',
    `      printf '%s\\n' "Unknown task: \\"$task_name\\". Tasks:" ${[...tasks.keys()].map(quoted).join(' ')} >&2`,
    '      exit 2',
    '      ;;',
    '  esac',
    ')',
    '',
    'run "$@"',
    '',
  ].join('\n');
}

function taskLines(task: TaskSpec, manifest: TasksManifest): string[] {
  const required = (task.requiredEnv ?? []).map(name => `: "\${${name}?the task ${task.name} needs it}"`);
  const steps = (task.steps ?? []).flatMap(step => stepLines({ shell: task.shell ?? manifest.shell, ...step }));
  const lines = [...(task.cwd ? [`cd ${quoted(task.cwd)}`] : []), ...exported(task.env), ...required];
  return conditional(task.condition, [...lines, ...steps]);
}

function stepLines(step: TaskStep): string[] {
  const command = stepCommand(step);
  const lines = [
    ...(step.say ? [`printf '%s\\n' ${quoted(step.say)}`] : []),
    ...(command === undefined
      ? []
      : step.outputEnv
        ? [`${step.outputEnv}="$(${command})"`, `export ${step.outputEnv}`]
        : [command]),
  ];
  const setting = [...(step.cwd ? [`cd ${quoted(step.cwd)}`] : []), ...exported(step.env)];
  return conditional(
    step.condition, setting.length > 0 ? ['(', ...[...setting, ...lines].map(line => `  ${line}`), ')'] : lines,
  );
}

function stepCommand(step: TaskStep): string | undefined {
  const given = [...(step.args ?? []).map(quoted), ...(step.receiveArgs ? ['"$@"'] : [])].join(' ');
  if (step.spawn) { return `run ${quoted(step.spawn)} ${given}`.trimEnd(); }
  if (step.builtin) {
    return 'printf \'%s\\n\' '
    + `${quoted(`${step.builtin} was a program of the generator; put a command of yours here`)} >&2; exit 1`;
  }
  if (step.execArgs) {
    const words = step.execArgs.map(word => word === '$@' ? given : quoted(word));
    return [...words, ...(step.execArgs.includes('$@') ? [] : [given])].filter(word => word !== '').join(' ');
  }
  if (step.exec === undefined) { return undefined; }
  const exec = placedArguments(step.exec);
  const placed = exec.includes('$@')
    ? exec.replace(/"\$@"|\$@/, () => given).trimEnd()
    : `${exec} ${given}`.trimEnd();
  return Array.isArray(step.shell) ? inShell(step.shell, placed) : alone(placed);
}

/** A command line in the shell that the task asks for, with the task's arguments. */
function inShell(shell: readonly string[], command: string): string {
  const takesArguments = /^(ba|da|k|z)?sh$/.test(shell[0]);
  return [...shell.map(quoted), quoted(command), ...(takesArguments ? [shell[0], '"$@"'] : [])].join(' ');
}

/**
 * A command line whose failure ends the task and which leaves no directory or variable behind: `a && b` alone does
 * neither.
 */
function alone(command: string): string {
  const first = /^(?:\w+=(?:"[^"]*"|'[^']*'|[^\s"'])*\s+)*([^\s="']+)(?:\s|$)/.exec(command)?.[1];
  const plain = first !== undefined && !/[;&|<>()`\n]/.test(command)
    && ![
      '!', '.', 'cd', 'eval', 'exec', 'exit', 'export', 'return', 'set', 'shift', 'source', 'trap', 'umask', 'unset',
    ].includes(first);
  return plain ? command : `(${command})`;
}

function conditional(condition: string | undefined, lines: string[]): string[] {
  return condition === undefined ? lines : [
    `if (${condition}) >/dev/null 2>&1; then`, ...lines.map(line => `  ${line}`), 'fi',
  ];
}

function exported(env: { readonly [name: string]: string } = {}): string[] {
  return Object.entries(env).map(([name, value]) => {
    const inner = /^\$\((?:echo ("[^"]*"))?([^]*)\)$/.exec(value);
    const text = inner ? inner[1] !== undefined && inner[2] === '' ? inner[1] : `"${value}"` : quoted(value);
    return `export ${name}=${text}`;
  });
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, '\'\\\'\'')}'`;
}
