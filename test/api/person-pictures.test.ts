import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { UploadTicket } from '../../shared/client/operations.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { newId } from '../../shared/ids.ts';
import { personPictureKey, personUploadKey } from '../../shared/keys.ts';
import { removeOrphans } from '../../workers/orphans.ts';
import { clipFolder, textFile } from '../support/clips.ts';
import { type PersonReply, peopleOf } from '../support/people.ts';
import { pictureFile } from '../support/pictures.ts';
import { averageColor, pictureFacts } from '../support/pixels.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';
import type { Person as Account } from '../support/walk.ts';

type Ticket = UploadTicket & { pictureUploadId: string; code: string; errors?: { pointer: string }[] };
type Upload = { pictureUploadId: string; state: string; error?: { code: string }; code: string };

describe('pictures of people', () => {
  let system: System;
  let of: ReturnType<typeof peopleOf>;
  let creator: Account;
  let personId: string;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
    of = peopleOf(system);
    creator = await of.account('creator');
  });
  beforeEach(async () => {
    personId = await of.addPerson(creator, 'Pictured');
  });
  after(() => system.stop());

  const path = () => `/api/people/${personId}/picture`;
  const ask = (size: number, type = 'image/png', by: Account | undefined = creator) =>
    of.send<Ticket>('POST', `${path()}/uploads`, by, { size, type });
  const read = (id: string) => of.send<Upload>('GET', `${path()}/uploads/${id}`, creator);
  const complete = (id: string) => of.send<Upload>('POST', `${path()}/uploads/${id}/complete`, creator);
  const settled = (id: string) =>
    until('picture', async () => {
      const { body } = await read(id);
      return body.state !== 'making' && body;
    });

  async function send(file: string, type = 'image/png'): Promise<string> {
    const { length } = await readFile(file);
    const { status, body } = await ask(length, type);
    expect(status).to.equal(201);
    await sendFile(body, file);
    return body.pictureUploadId;
  }

  async function show(file: string): Promise<string> {
    const id = await send(file);
    expect((await complete(id)).status).to.equal(202);
    expect((await settled(id)).state).to.equal('ready');
    return id;
  }

  async function fetchPicture(address: string): Promise<string> {
    const response = await fetch(`${system.url}${address}`);
    expect(response.status, address).to.equal(200);
    const file = join(await clipFolder(), 'picture-fetched');
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    return file;
  }

  const stored = async (bucket: 'raw' | 'thumbnails', prefix: string) =>
    (await system.context.storage.list(bucket, prefix)).map(({ key }) => key);
  const green = () => pictureFile('png', 'color=c=0x20B040:size=1000x500', 'person-green');
  const red = () => pictureFile('png', 'color=c=0xC02020:size=400x400', 'person-red');

  it('are uploaded, and shown in several sizes as JPEG and WebP', async () => {
    expect((await of.send('GET', `${path()}.jpg`)).status).to.equal(404);
    const id = await show(await green());
    const { body } = await of.person(personId);
    expect(body.pictureUrl).to.equal(`${system.url}${path()}.jpg`);
    expect(body.pictureWidths).to.deep.equal([320, 640, 1000]);
    expect(await pictureFacts(await fetchPicture(`${path()}.jpg`))).to.equal('mjpeg 1000x500');
    expect(await pictureFacts(await fetchPicture(`${path()}.webp?width=300`))).to.equal('webp 320x160');
    await until('end of the upload', async () => (await stored('raw', `people/${personId}/`)).length === 0);
    expect((await complete(id)).body.state, 'said again, it changes nothing').to.equal('ready');
    const videoId = await of.video(creator);
    const { items } = (await of.putCredits(videoId, creator, [{ personId, role: 'actor' }])).body;
    expect(items[0]).to.include({ pictureUrl: body.pictureUrl });
  });

  it('are replaced by later ones, and not by earlier ones that end later', async () => {
    const { db } = system.context;
    await show(await green());
    await show(await red());
    const [r, g] = await averageColor(await fetchPicture(`${path()}.jpg`));
    expect([r > 150, g < 60]).to.deep.equal([true, true]);
    const { picture } = (await db.people.find(personId)) ?? {};
    expect(picture).to.deep.equal({ version: 2, widths: [320, 400] });
    await db.transaction((session) => db.people.show(personId, { version: 1, widths: [320] }, session));
    expect((await db.people.find(personId))?.picture).to.deep.equal(picture);
  });

  it('are refused when they are none, and the one before stays', async () => {
    await show(await green());
    const id = await send(await textFile());
    await complete(id);
    const after = await settled(id);
    expect([after.state, after.error?.code]).to.deep.equal(['failed', 'invalid_image']);
    expect((await of.person(personId)).body.pictureWidths).to.deep.equal([320, 640, 1000]);
    await until('end of the upload', async () => (await stored('raw', `people/${personId}/`)).length === 0);
  });

  it('have tickets for a megabyte at most, of a type that is a picture', async () => {
    const refused = await ask(1024 ** 2 + 1);
    expect([refused.status, refused.body.code]).to.deep.equal([422, 'too_large']);
    expect((await ask(9, 'image/gif')).body.errors?.[0]?.pointer).to.equal('/type');
    expect((await ask(0)).body.errors?.[0]?.pointer).to.equal('/size');
    expect((await ask(9, 'image/png', await of.account('creator'))).status).to.equal(403);
    const { pictureUploadId } = (await ask(1000)).body;
    expect((await complete(pictureUploadId)).body.code).to.equal('upload_incomplete');
    await system.context.storage.put('raw', personUploadKey(personId, pictureUploadId), 'short', 'image/png');
    expect((await complete(pictureUploadId)).body.code).to.equal('upload_mismatch');
    const foreign = await of.addPerson(creator, 'Somebody else');
    const elsewhere = `/api/people/${foreign}/picture/uploads/${pictureUploadId}`;
    expect((await of.send('GET', elsewhere, creator)).status).to.equal(404);
    expect((await of.send('POST', `${elsewhere}/complete`, creator)).status).to.equal(404);
  });

  it('are made although the queue has lost their job, and dropped when nobody completes them', async () => {
    const { db } = system.context;
    const lost = await send(await red());
    const version = (await db.people.nextPicture(personId)) ?? 0;
    await db.transaction((session) => db.personPictures.arrived(lost, version, '', session));
    await backdate(system, 'person-pictures', lost, 'heardAt', 120);
    expect((await settled(lost)).state).to.equal('ready');
    const unused = await send(await red());
    await backdate(system, 'person-pictures', unused, 'upload.expiresAt', 120);
    await until('end of the ticket', async () => (await read(unused)).body.state === 'expired');
    await until('end of the upload', async () => (await stored('raw', `people/${personId}/`)).length === 0);
    expect((await complete(unused)).body.code).to.equal('upload_closed');
  });

  it('are taken away, those on their way too; and go with the person', async () => {
    const { db } = system.context;
    await show(await red());
    const late = await send(await red());
    expect((await of.send('DELETE', path(), creator)).status).to.equal(204);
    expect((await of.person(personId)).body).to.include({ pictureUrl: null });
    expect((await complete(late)).status).to.equal(404);
    expect((await of.send('GET', `${path()}.webp`)).status).to.equal(404);
    await show(await red());
    expect((await of.send('DELETE', `/api/people/${personId}`, creator)).status).to.equal(204);
    expect(await stored('thumbnails', `p/${personId}/`)).to.deep.equal([]);
    expect(await db.people.find(personId)).to.equal(null);
  });

  it('of who was merged lead to those of the other', async () => {
    const other = await of.addPerson(creator, 'Other');
    await of.merge(personId, other, await of.account('moderator'));
    const answer = await of.send<PersonReply>('GET', `${path()}.jpg?width=300`);
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([
      308,
      `/api/people/${other}/picture.jpg?width=300`,
    ]);
    expect((await ask(9)).body.code).to.equal('person_merged');
  });

  it('that nobody needs are removed, but what is shown or waits stays', async () => {
    const { storage } = system.context;
    await show(await green());
    await show(await red());
    const waiting = await send(await red());
    // As if the process had ended between removing a person and what is stored of it; and of a person never known.
    const removed = await of.addPerson(creator, 'Somebody else');
    const left = [personPictureKey(removed, 1, 320, 'jpg'), personUploadKey(removed, newId())] as const;
    expect((await of.send('DELETE', `/api/people/${removed}`, creator)).status).to.equal(204);
    const unknown = [personPictureKey(newId(), 1, 320, 'jpg'), personUploadKey(newId(), newId())] as const;
    for (const [picture, upload] of [left, unknown]) {
      await storage.put('thumbnails', picture, 'late', 'image/jpeg');
      await storage.put('raw', upload, 'late', 'image/png');
    }
    await removeOrphans(system.context, new Date(0));
    expect(await stored('thumbnails', `p/${personId}/`), 'too young').to.have.length(10);
    await removeOrphans(system.context, new Date(Date.now() + 60_000));
    const kept = [320, 400].flatMap((width) =>
      (['jpg', 'webp'] as const).map((format) => personPictureKey(personId, 2, width, format)),
    );
    expect(await stored('thumbnails', `p/${personId}/`)).to.have.members(kept);
    expect([await stored('thumbnails', left[0]), await stored('raw', left[1])]).to.deep.equal([[], []]);
    expect([await stored('thumbnails', unknown[0]), await stored('raw', unknown[1])]).to.deep.equal([
      [unknown[0]],
      [unknown[1]],
    ]);
    expect(await stored('raw', `people/${personId}/`)).to.deep.equal([personUploadKey(personId, waiting)]);
  });
});
