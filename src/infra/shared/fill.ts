import { Aws, Fn, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Placeholder } from '../../plan/arn';

/** What stands for the plan's placeholders in one stack. */
export type Values = { readonly [P in Placeholder]?: string };

/** Fills the placeholders of a text of the plan with what they are in the scope's stack. */
export function fill(scope: IConstruct, text: string, values: Values = {}): string {
  const stack = Stack.of(scope);
  const all: Values = {
    partition: Aws.PARTITION,
    urlSuffix: Aws.URL_SUFFIX,
    account: stack.account,
    region: stack.region,
    ...values,
  };
  return replace(text, name => all[name]);
}

/** The same as `fill`, as one Fn::Sub: some linters only follow that into the configuration of pipeline actions. */
export function fillSub(scope: IConstruct, text: string): string {
  const stack = Stack.of(scope);
  const own = (value: string, pseudo: string) => (Token.isUnresolved(value) ? pseudo : value);
  return Fn.sub(replace(text, name => ({
    partition: '${AWS::Partition}',
    urlSuffix: '${AWS::URLSuffix}',
    account: own(stack.account, '${AWS::AccountId}'),
    region: own(stack.region, '${AWS::Region}'),
  } as Values)[name]));
}

/** The same text the way cdk-nag writes it in its findings. */
export function fillForNag(scope: IConstruct, text: string): string {
  const stack = Stack.of(scope);
  const shown = (value: string, pseudo: string) => (Token.isUnresolved(value) ? pseudo : value);
  const filled = replace(text, name => ({
    partition: '<AWS::Partition>',
    urlSuffix: '<AWS::URLSuffix>',
    account: shown(stack.account, '<AWS::AccountId>'),
    region: shown(stack.region, '<AWS::Region>'),
  } as Values)[name] ?? `{${name}}`);
  return shownAsText(stack.resolve(filled));
}

/** What another resource will say at the deployment is shown as that resource's logical id. */
function shownAsText(value: unknown): string {
  if (typeof value === 'string') { return value; }
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as {
    'Ref'?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]];
  };
  if (join) { return join[1].map(shownAsText).join(join[0]); }
  return `<${ref ?? attribute?.join('.') ?? JSON.stringify(value)}>`;
}

function replace(text: string, value: (name: Placeholder) => string | undefined): string {
  return text.replace(/\{(\w+)\}/g, (_, name: Placeholder) => {
    const found = value(name);
    if (found === undefined) { throw new Error(`nothing is known for {${name}} in "${text}"`); }
    return found;
  });
}
