import { expect } from 'chai';
import { limitClasses, rateLimits, usualLimits } from '../../shared/rate-limits.ts';

describe('rate limits as configured', () => {
  it('change the classes that are named, and leave the others', () => {
    const usual = rateLimits.parse(usualLimits);
    expect(usual).to.have.keys(...limitClasses);
    expect(rateLimits.parse('rest=600/60, sign-in=5/300')).to.deep.equal({
      ...usual,
      rest: { requests: 600, seconds: 60 },
      'sign-in': { requests: 5, seconds: 300 },
    });
  });

  it('may be off', () => {
    expect(rateLimits.parse('off')).to.equal(undefined);
  });

  for (const wrong of [
    'rest',
    'rest=0/60',
    'rest=1/0',
    'rest=1/3601',
    'all=1/60',
    'rest=1/60,',
    'rest=-1/60',
    'OFF',
  ]) {
    it(`are refused when they say "${wrong}"`, () => {
      const { error } = rateLimits.safeParse(wrong);
      expect(error?.issues[0]?.message).to.match(/ is not CLASS=REQUESTS\/SECONDS, of sign-in, /);
    });
  }
});
