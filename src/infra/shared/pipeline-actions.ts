import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';

type Action = CfnPipeline.ActionDeclarationProperty;

/** An action that is a build, with the variables of this one build. */
export function buildAction(
  name: string,
  project: string,
  input: string,
  variables: { readonly [name: string]: string } = {},
  more: Partial<Pick<Action, 'outputArtifacts' | 'namespace' | 'runOrder'>> = {},
): Action & { readonly configuration: object } {
  const given = Object.entries(variables).map(([variable, value]) => ({ name: variable, value, type: 'PLAINTEXT' }));
  return {
    name,
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: {
      ProjectName: project, ...(given.length > 0 ? { EnvironmentVariables: JSON.stringify(given) } : {}),
    },
    inputArtifacts: [{ name: input }],
    runOrder: 1,
    ...more,
  };
}

/** An action in which a person approves what is described. */
export function approvalAction(
  name: string, runOrder: number,
  configuration: { readonly NotificationArn: string; readonly [setting: string]: string },
): Action {
  return {
    name,
    actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
    configuration,
    runOrder,
  };
}

/** A stage's condition: it is skipped unless the variable has the value, or another one. */
export function skippedUnless(
  rule: string, variable: string, value: string, operator: 'EQ' | 'NE' = 'EQ',
): CfnPipeline.BeforeEntryConditionsProperty {
  return {
    conditions: [{
      result: 'SKIP',
      rules: [{
        name: rule,
        ruleTypeId: { category: 'Rule', owner: 'AWS', provider: 'VariableCheck', version: '1' },
        configuration: { Variable: variable, Value: value, Operator: operator },
      }],
    }],
  };
}
