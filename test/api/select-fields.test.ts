import { expect } from 'chai';
import { apiRoutes } from '../../api/app.ts';
import { openApiDocument } from '../../api/openapi/document.ts';
import { ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Parameter = { name: string; schema: { pattern?: string } };
type Operation = { parameters?: Parameter[]; responses: Record<string, unknown> };
type Problem = { errors?: { pointer: string; message: string }[] };

describe('fields', () => {
  let system: System;
  let videoId: string;

  before(async () => {
    system = await startSystem();
    videoId = await videoIn('ready', system, { title: 'The title' });
  });
  after(() => system.stop());

  const get = <T>(path: string) => ask<T>(system, 'GET', path.replace('ID', videoId));

  it('are chosen of one thing', async () => {
    const { body } = await get('/api/videos/ID?fields=title');
    expect(body).to.deep.equal({ title: 'The title' });
  });

  it('are chosen of each item of a list, which stays a page', async () => {
    const { body } = await get('/api/videos?fields=videoId,title');
    expect(body).to.deep.equal({ items: [{ videoId, title: 'The title' }], nextCursor: null });
  });

  it('come once and in their own order, however they are named', async () => {
    const { text } = await get('/api/videos/ID?fields=state,title,state');
    expect(text).to.equal('{"title":"The title","state":"ready"}');
  });

  it('that are null are null', async () => {
    expect((await get('/api/videos/ID?fields=category')).body).to.deep.equal({ category: null });
  });

  for (const [path, asked] of [
    ['/api/videos/ID', 'nothing'],
    ['/api/videos/ID', 'title,nothing'],
    ['/api/videos/ID', ''],
    ['/api/videos/ID', 'title,'],
    ['/api/videos/ID', 'Title'],
    ['/api/videos/ID', 'title, state'],
    ['/api/videos/ID', '__proto__'],
    ['/api/videos/ID', 'ownerId'],
    ['/api/videos/ID', 'error.code'],
    ['/api/videos/ID', 'title&fields=state'],
    ['/api/videos', 'items'],
    ['/api/videos', 'percent'],
    ['/api/videos/ID/captions', 'nextCursor'],
    ['/api/trending/GB', 'explanation'],
  ] as const) {
    it(`that ${path} does not have are refused: ${asked}`, async () => {
      const { status, body } = await get<Problem>(`${path}?fields=${asked}`);
      expect(status).to.equal(400);
      expect(body.errors?.map(({ pointer }) => pointer)).to.deep.equal(['fields']);
      const known =
        { '/api/videos/ID': 'percent', '/api/videos/ID/captions': 'cues' }[path as string] ?? 'title';
      if (!asked.includes('&')) expect(body.errors?.[0]?.message).to.include(known);
    });
  }

  it('cannot be chosen where that is not declared', async () => {
    expect((await get('/api/videos/ID/playback?fields=videoId')).status).to.equal(400);
  });

  it('stand in the document, with the names that there are', () => {
    const { paths } = openApiDocument(apiRoutes, 'https://video.example') as {
      paths: Record<string, Record<string, Operation>>;
    };
    const patternOf = (path: string) =>
      new RegExp(
        paths[path]?.get?.parameters?.find(({ name }) => name === 'fields')?.schema.pattern ?? '^none$',
      );
    expect(patternOf('/api/videos/{videoId}')).to.satisfy((one: RegExp) => one.test('percent,title'));
    expect(patternOf('/api/videos')).to.satisfy((one: RegExp) => one.test('title') && !one.test('percent'));
    const trending = patternOf('/api/trending/{region}');
    expect(['rank,change', 'views', 'explanation'].every((one) => trending.test(one))).to.equal(true);
    const replies = JSON.stringify(paths['/api/trending/{region}']?.get?.responses['200']);
    for (const name of ['TrendingPage', 'Trending', 'TrendingPageSelection', 'TrendingSelection']) {
      expect(replies).to.include(`#/components/schemas/${name}"`);
    }
  });
});
