import { pyprojectToml } from '../../../src/project/components/pyproject';
import { pythonRange, pythonRequirements } from '../../../src/project/components/python-requirements';

test.each([
  ['^2.275.0', '>=2.275.0,<3'], ['^0.103.25', '>=0.103.25,<0.104'], ['~1.2.3', '>=1.2.3,<1.3'], ['1.2.3', '==1.2.3'],
  ['1.0.0-rc.1', '==1.0.0-rc.1'], ['>=0.103.25 <1.0.0', '>=0.103.25,<1.0.0'], ['==1.2', '==1.2'],
])('the npm range %s is %s in Python', (npm, python) => {
  expect(pythonRange(npm)).toBe(python);
});

test('the Python flavour gets the CDK, projen and this package in a group of their own', () => {
  const { infra } = pythonRequirements(['sagemaker-cicd-projen', 'aws-cdk-lib@^2.280.0']);
  expect(infra.map(requirement =>
    /^[\w-]+/.exec(requirement)?.[0])).toEqual(['sagemaker-cicd-projen', 'aws-cdk-lib', 'constructs', 'projen']);
  expect(infra[1]).toBe('aws-cdk-lib>=2.280.0,<3');
  expect(pythonRequirements()).not.toHaveProperty('infra');
});

test('the SageMaker SDK is in a group that holds nothing else', () => {
  expect(pythonRequirements().sdk).toHaveLength(1);
  expect(pythonRequirements().sdk[0]).toMatch(/^sagemaker==3\.\d+\.\d+$/);
});

test('pyproject.toml has the layout that uv keeps', () => {
  expect(pyprojectToml({
    name: 'churn', requiresPython: '>=3.11', dependencies: ['pandas>=2'], groups: { dev: ['pytest'], none: [] },
    defaultGroups: ['dev'], tools: '[tool.ruff]\nline-length = 100\n',
  })).toMatchSnapshot();
});
