import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { whileCurrent } from '../../workers/attempt.ts';
import type { Step } from '../../workers/run.ts';

describe('the heartbeat of an attempt', () => {
  const attempt = { videoId: 'a'.repeat(24), generation: 1 };

  async function beat(heard: () => Promise<boolean>, milliseconds: number) {
    const said: string[] = [];
    const log = { warn: (_: object, text: string) => said.push(text) };
    const tools = { db: { videos: { heard } } };
    const step = { tools, log, signal: new AbortController().signal } as unknown as Step;
    await whileCurrent(step, attempt, 'encoding', () => sleep(milliseconds));
    return said;
  }

  it('waits for the one before, where the database says nothing', async () => {
    let begun = 0;
    await beat(() => {
      begun += 1;
      return new Promise(() => {});
    }, 3500);
    expect(begun).to.equal(1);
  });

  it('is missed in the log once in an outage, and again in the next', async () => {
    const answers = [false, false, true, false];
    const said = await beat(async () => {
      if (answers.shift() === false) throw new Error('no database');
      return true;
    }, 4800);
    expect(answers).to.have.length(0);
    expect(said).to.deep.equal(['no heartbeat', 'no heartbeat']);
  });
});
