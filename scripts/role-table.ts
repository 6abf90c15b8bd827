/** Writes `docs/roles.md`: every role of the default delivery, who takes it on, what it may do and why, from the plan that the infrastructure uses. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { normaliseDelivery } from '../src/delivery/normalise';
import { planDelivery } from '../src/delivery/plan';
import { roleTable } from '../src/delivery/role-table';

const delivery = normaliseDelivery({ name: 'churn', endpoint: { smokeTest: { body: '1.5,2' } } });
const text = [
  '# Roles of a delivery',
  '',
  'Every IAM role of the default delivery of a project named `churn`: who takes it on, what it may do and why. Made by each compile from the role',
  'model in `src/delivery/roles`, from which the infrastructure takes its policies. `{account}`, `{region}` and `{partition}` are those of the stack.',
  '',
  roleTable(planDelivery(delivery)).trimEnd(),
  '',
].join('\n');
const file = path.resolve(__dirname, '..', 'docs', 'roles.md');
fs.mkdirSync(path.dirname(file), { recursive: true });
fs.writeFileSync(file, text);
