import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { evaluate } from './evaluate';
import { expand } from './expand';
import { document, type IamRole, type Policies } from './policies';
import { claimsOfGithub, claimsOfGitlab } from './reference';
import type { Boundaries, Context } from './request';
import { accountIn } from './resources';

/** A judge that runs. */
export interface Judge {
  /** Address to ask, without a slash at the end. */
  readonly url: string;
  /** Ends it. */
  readonly stop: () => Promise<void>;
}

/** What is asked: may this principal make all of these calls? */
interface Question {
  /** ARN of a role or of a session of it, or the name of a service. */
  readonly principal: string;
  readonly calls: readonly { readonly action: string; readonly resource: string; readonly context?: Context }[];
  /** A user or role that is not the delivery's: whoever administers it lets it do everything. */
  readonly outsider?: boolean;
}

/** Longest question, in characters; far more than any batch of calls needs. */
const LIMIT = 5_000_000;

/**
 * Answers over HTTP, on this machine alone, whether the policies allow calls.
 *
 * `POST /evaluate` takes `{principal, outsider?, calls: [{action, resource, context?}]}` and gives
 * `{allowed, reason, calls: [{allowed, reason}]}`: `allowed` when all calls are, `reason` of the first that is not.
 * Each call is looked at with the use of keys that it brings along. A call that AWS does not know is not allowed, with
 * the reason. `GET /roles` gives `{roles: [{arn, account, stack}]}`, `GET /claims` the claims of GitHub's tokens that are
 * condition keys, `GET /claims/gitlab` those of gitlab.com's. Anything else is an error with a message.
 */
export async function startJudge(policies: Policies, boundaries: Boundaries = {}): Promise<Judge> {
  const server = createServer((request, response) => {
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    respond(policies, boundaries, request).then(([status, body]) => reply(status, body), (error: Error) => reply(400, {
      error: error.message,
    }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve, reject) => {
      server.close(error => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    }),
  };
}

async function respond(
  policies: Policies, boundaries: Boundaries, request: IncomingMessage,
): Promise<[number, object]> {
  if (request.method === 'GET' && request.url === '/roles') {
    return [200, { roles: [...policies.roles.values()].map(({ arn, account, stack }) => ({ arn, account, stack })) }];
  }
  if (request.method === 'GET' && request.url === '/claims') { return [200, { claims: await claimsOfGithub() }]; }
  if (request.method === 'GET' && request.url === '/claims/gitlab') { return [200, { claims: await claimsOfGitlab() }]; }
  if (request.method === 'POST' && request.url === '/evaluate') {
    return [200, await judge(policies, boundaries, check(JSON.parse(await read(request)) as Partial<Question>))];
  }
  return [404, { error: `there is no ${request.method} ${request.url}; ask POST /evaluate, GET /roles or GET /claims` }];
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > LIMIT) { throw new Error(`the question is longer than ${LIMIT} characters`); }
  }
  return text;
}

function check({ principal, calls, outsider }: Partial<Question>): Question {
  if (typeof principal !== 'string' || principal === '') {
    throw new Error('principal must be the ARN of a role or the name of a service');
  }
  if (!Array.isArray(calls) || calls.length === 0) { throw new Error('calls must be a list of at least one call'); }
  const wrong = calls.find(c => typeof c?.action !== 'string' || typeof c.resource !== 'string');
  if (wrong) { throw new Error(`every call needs an action and a resource: ${JSON.stringify(wrong)}`); }
  return { principal: outsider ? principal : roleOf(principal), calls, outsider };
}

/** Policies are written for the role; a session of it is what calls. */
function roleOf(principal: string): string {
  return principal.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
}

async function judge(
  policies: Policies, boundaries: Boundaries, { principal, calls, outsider }: Question,
): Promise<object> {
  const answers: { allowed: boolean; reason: string }[] = [];
  const known = outsider ? withOutsider(policies, principal) : policies;
  for (const call of calls) { answers.push(await judgeCall(known, boundaries, { ...call, principal })); }
  const refused = answers.find(a => !a.allowed);
  return { allowed: !refused, reason: refused?.reason ?? answers.map(a => a.reason).join('; '), calls: answers };
}

/** The policies with somebody whom his own ones allow everything, so that only those of the delivery decide. */
function withOutsider(policies: Policies, arn: string): Policies {
  if (policies.roles.has(arn)) { throw new Error(`${arn} is a role of the delivery`); }
  const everything = document({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  const somebody: IamRole = {
    account: accountIn(arn), region: '', stack: '', logicalId: '', arn, trust: document({ Statement: [] }),
    managedPolicies: [], suppressions: [], policies: [{ name: 'Everything', document: everything }],
  };
  return { ...policies, roles: new Map([...policies.roles, [arn, somebody]]) };
}

async function judgeCall(
  policies: Policies, boundaries: Boundaries, call: Question['calls'][number] & { readonly principal: string },
): Promise<{ allowed: boolean; reason: string }> {
  const reasons: string[] = [];
  try {
    for (const request of expand(policies, call)) {
      const { allowed, reason } = await evaluate(policies, request, boundaries);
      const said = `${request.action} on ${request.resource}: ${reason}`;
      if (!allowed) { return { allowed, reason: said }; }
      reasons.push(said);
    }
  } catch (error) {
    return { allowed: false, reason: (error as Error).message };
  }
  return { allowed: true, reason: reasons.join('; ') };
}
