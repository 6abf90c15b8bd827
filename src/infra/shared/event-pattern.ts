import { OptionError } from '../../options/engine/option-error';
import { problem } from '../../options/engine/rule';

/** EventBridge user guide, "Amazon EventBridge quotas": size of an event pattern. */
const PATTERN_CHARACTERS = 2048;

/**
 * The pattern of a rule, if EventBridge accepts its length; only long names of the user's own alarms make one longer.
 *
 * @throws OptionError when it is too long
 */
export function checkedPattern<P extends object>(rule: string, pattern: P): P {
  const { length } = JSON.stringify(pattern);
  if (length <= PATTERN_CHARACTERS) { return pattern; }
  throw new OptionError([problem(
    'endpoint.deployment.alarms.ownAlarmNames', undefined,
    `fewer or shorter names: the pattern of the rule ${rule} has ${length} characters, and EventBridge accepts `
      + `${PATTERN_CHARACTERS}`,
    'Shorten the names, or combine alarms in one.',
  )]);
}
