/** A message about an event. */
export interface Message {
  /** Parts of the event that the message uses, as JSON paths. */
  readonly parts: { readonly [name: string]: string };
  /** Lines of the message; a part replaces `<name>`. */
  readonly message: readonly string[];
  /** Parts that are free text. */
  readonly free?: readonly string[];
}

/**
 * A message as chat applications show it (Amazon Q Developer in chat applications, "Custom notifications", event
 * schema). The first line is its title.
 *
 * Parts that people or services wrote freely stay out: within the quotes of JSON, a quote of theirs would end the text,
 * and the message would not be shown. They are in the mail.
 */
export function chatMessage(
  { parts, message, free = [] }: Message,
): { inputPathsMap: { [name: string]: string }; inputTemplate: string } {
  const shown = message.map(line => free.reduce((text, part) => text.replaceAll(`<${part}>`, '(see the mail)'), line));
  const used = Object.entries(parts).filter(([name]) => shown.some(line => line.includes(`<${name}>`)));
  const [title, ...lines] = shown;
  return {
    inputPathsMap: Object.fromEntries(used),
    inputTemplate: JSON.stringify({
      version: '1.0', source: 'custom', content: { textType: 'client-markdown', title, description: lines.join('\n') },
    }),
  };
}
