import { expect } from 'chai';
import { type Problem, ProblemError } from '../../scripts/client.ts';

/** What the api says when it refuses. Fails when it does not refuse. */
export async function refusal(asked: Promise<unknown>): Promise<Problem> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof ProblemError) {
      expect(error.problem.detail, 'a sentence for a person').to.match(/^\S.*[.]$/s);
      expect(error.problem.errorId).to.match(/^[\w-]{8,}$/);
      return error.problem;
    }
    throw error;
  }
  throw new Error('The api did not refuse.');
}
