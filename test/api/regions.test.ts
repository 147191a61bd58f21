import { expect } from 'chai';
import { ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';

type Region = { region: string; name: string; languages: string[]; isRtl: boolean };

describe('regions', () => {
  let system: System;

  before(async () => {
    system = await startSystem({ REGIONS: 'AE,GB,CH,SO', RTL_REGIONS: 'AE' });
  });
  after(() => system?.stop());

  const read = (query = '') => ask<{ items: Region[] }>(system, 'GET', `/api/regions${query}`);

  it('are those that are configured, with name, languages and direction', async () => {
    const { body, headers } = await read();
    expect(body.items).to.deep.equal([
      { region: 'AE', name: 'United Arab Emirates', languages: ['ar', 'en'], isRtl: true },
      { region: 'GB', name: 'United Kingdom', languages: ['en', 'cy'], isRtl: false },
      { region: 'CH', name: 'Switzerland', languages: ['de', 'fr', 'it', 'rm'], isRtl: false },
      // Not in the table: the likeliest language there.
      { region: 'SO', name: 'Somalia', languages: ['so'], isRtl: false },
    ]);
    expect(headers.get('cache-control')).to.equal('public, max-age=86400');
    expect(headers.get('etag')).to.match(/^(W\/)?"[\w-]+"$/);
  });

  it('have names in the language that is asked for, else in English', async () => {
    const names = async (query: string) => (await read(query)).body.items.map(({ name }) => name);
    expect(await names('?language=de')).to.deep.equal([
      'Vereinigte Arabische Emirate',
      'Vereinigtes Königreich',
      'Schweiz',
      'Somalia',
    ]);
    expect((await names('?language=ar'))[1]).to.equal('المملكة المتحدة');
    expect((await names('?language=vo'))[1], 'no names in Volapük').to.equal('United Kingdom');
  });

  for (const query of ['?language=xx', '?language=en-GB', '?region=GB']) {
    it(`are refused for ${query}`, async () => {
      expect((await read(query)).status).to.equal(400);
    });
  }
});
