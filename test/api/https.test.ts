import { expect } from 'chai';
import { type System, startSystem } from '../support/system.ts';

describe('an api that is reached by https through a proxy', () => {
  let system: System;
  let local: string;

  before(async () => {
    system = await startSystem({ PUBLIC_URL: 'https://video.example' });
    local = `http://127.0.0.1:${system.port}`;
  });
  after(() => system.stop());

  it('binds its cookies to the host and to https', async () => {
    const response = await fetch(`${local}/api/auth/login`, { redirect: 'manual' });
    expect(response.status).to.equal(302);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).to.match(
      /^__Host-millrace_sign_in=[\w-]+; path=\/; samesite=lax; secure; httponly; max-age=3600$/i,
    );
    const target = new URL(response.headers.get('location') ?? '');
    expect(target.searchParams.get('redirect_uri')).to.equal('https://video.example/api/auth/callback');
  });

  it('asks browsers to stay on https, and names itself by its public address', async () => {
    const response = await fetch(`${local}/openapi.json`);
    expect(response.headers.get('strict-transport-security')).to.match(/^max-age=31536000/);
    const page = await fetch(`${local}/watch/x`, { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).to.match(/upgrade-insecure-requests/);
    const { servers } = (await response.json()) as { servers: { url: string }[] };
    expect(servers).to.deep.equal([{ url: 'https://video.example' }]);
  });
});
