import type { Problem } from './operations.ts';

/** What the api answered when it did not do as asked. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly code: Problem['code'];
  readonly status: number;
  /** When it is worth asking again; undefined when the reply did not say. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.name = 'ProblemError';
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The problem that a reply holds. What stands between may answer too, a proxy for one: that is a plain Error. */
export async function problemIn(response: Response): Promise<Error> {
  const text = await response.text();
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) {
    return new Error(`${response.url} answered ${response.status}: ${text.slice(0, 300)}`);
  }
  const seconds = response.headers.get('Retry-After');
  return new ProblemError(JSON.parse(text), seconds === null ? undefined : Number(seconds));
}
