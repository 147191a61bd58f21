import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { clientAddressReader } from '../../api/client-address.ts';
import { addressRanges, networkOf } from '../../shared/addresses.ts';
import { type System, startSystem } from '../support/system.ts';

const read = (trusted: string | undefined, remoteAddress: string, forwarded?: string) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  return clientAddressReader(trusted ? addressRanges.parse(trusted) : undefined)(request);
};

describe('a client’s address', () => {
  it('is that of the connection, whatever its headers say, unless that is a trusted proxy', () => {
    expect(read(undefined, '198.51.100.7', '203.0.113.1')).to.equal('198.51.100.7');
    expect(read('10.0.0.0/8', '198.51.100.7', '203.0.113.1')).to.equal('198.51.100.7');
    expect(read('10.0.0.0/8', '10.1.2.3')).to.equal('10.1.2.3');
  });

  it('is what the last trusted proxy saw, not what stands left of that', () => {
    expect(read('10.0.0.0/8', '10.1.2.3', '203.0.113.1')).to.equal('203.0.113.1');
    expect(read('10.0.0.0/8', '10.1.2.3', '6.6.6.6, 203.0.113.1')).to.equal('203.0.113.1');
    expect(read('10.0.0.0/8,2001:db8::1', '2001:db8::1', '6.6.6.6, 203.0.113.1,10.9.9.9')).to.equal(
      '203.0.113.1',
    );
    expect(read('10.0.0.0/8', '10.1.2.3', '10.0.0.1, 10.0.0.2')).to.equal('10.0.0.1');
  });

  it('is no text that is not an address', () => {
    for (const forged of ['', 'evil', '203.0.113.1:80', '0x7f.1', '203.0.113.1, <script>', ',']) {
      expect(read('10.0.0.0/8', '10.1.2.3', forged), forged).to.equal('10.1.2.3');
    }
  });

  it('has one spelling', () => {
    expect(read(undefined, '::ffff:198.51.100.7')).to.equal('198.51.100.7');
    expect(read('10.0.0.0/8', '::ffff:10.1.2.3', '2001:DB8:0:0::1')).to.equal('2001:db8::1');
  });

  it('of IPv6 counts with the others of its network', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64');
    expect(networkOf('2001:db8:1:2::')).to.equal(networkOf('2001:db8:1:2:ffff::1'));
    expect(networkOf('2001:db8:1:3::')).not.to.equal(networkOf('2001:db8:1:2::'));
    expect(networkOf('203.0.113.1')).to.equal('203.0.113.1');
  });

  it('is trusted by a list of addresses and ranges that make sense', () => {
    for (const wrong of [
      '10.0.0.0/33',
      '10.0.0.0/',
      'proxy',
      '10.0.0.0/8/8',
      '::/129',
      '10.0.0.1,',
      '010.0.0.1',
    ]) {
      const parsed = addressRanges.safeParse(wrong);
      expect(parsed.error?.issues[0]?.message, wrong).to.match(/is not an address or ADDRESS\/BITS$/);
    }
  });

  describe('behind a trusted proxy', () => {
    let system: System;
    before(async () => {
      system = await startSystem({
        TRUSTED_PROXIES: '127.0.0.1',
        RATE_LIMITS: 'rest=3/600,sign-in=3/600',
        LOCAL_ACCOUNTS: 'true',
      });
    });
    after(() => system.stop());

    const left = async (forwarded: string) => {
      const reply = await fetch(`${system.url}/api/trending/GB`, {
        headers: { 'X-Forwarded-For': forwarded },
      });
      return Number(/r=(\d+)/.exec(reply.headers.get('ratelimit') ?? '')?.[1]);
    };

    it('has a quota of its own, which nothing left of it changes', async () => {
      expect(await left('203.0.113.1')).to.equal(2);
      expect(await left('203.0.113.2')).to.equal(2);
      expect(await left('6.6.6.6, 203.0.113.1')).to.equal(1);
      expect(await left('2001:db8:1:2::1')).to.equal(2);
      expect(await left('2001:db8:1:2:9::2')).to.equal(1);
    });

    it('does not let many guess at one account, nor says whether there is one', async () => {
      const guess = async (forwarded: string, email: string) => {
        const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': forwarded };
        const body = JSON.stringify({ email, password: 'not the password 1' });
        const reply = await fetch(`${system.url}/api/auth/login`, { method: 'POST', headers, body });
        return [reply.status, reply.headers.has('retry-after')];
      };
      for (const n of [1, 2, 3]) {
        expect(await guess(`203.0.113.${n}`, 'somebody@example.com')).to.deep.equal([401, false]);
      }
      expect(await guess('203.0.113.4', 'Somebody@example.com')).to.deep.equal([429, true]);
      expect(await guess('203.0.113.4', 'another@example.com')).to.deep.equal([401, false]);
    });
  });
});
