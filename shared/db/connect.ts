import { type ClientSession, type Connection, createConnection, set } from 'mongoose';
import { accountStore } from './accounts.ts';
import { analyticsStore } from './analytics.ts';
import { apiKeyStore } from './api-keys.ts';
import { auditStore } from './audit.ts';
import { captionStore } from './captions.ts';
import { catalogueStore } from './catalogue.ts';
import { categoryStore } from './categories.ts';
import { categoryCountStore } from './category-counts.ts';
import { commentStore } from './comments.ts';
import { creditStore } from './credits.ts';
import { editStore } from './edits.ts';
import { emailTokenStore } from './email-tokens.ts';
import { engagementStore } from './engagements.ts';
import { grantStore } from './grants.ts';
import { importStore } from './imports.ts';
import { likeStore } from './likes.ts';
import { logoutTokenStore } from './logout-tokens.ts';
import { ownedStore } from './owned.ts';
import { partStore } from './parts.ts';
import { passwordStore } from './passwords.ts';
import { peopleStore } from './people.ts';
import { personPictureStore } from './person-pictures.ts';
import { pictureStore } from './pictures.ts';
import { playlistStore } from './playlists.ts';
import { posterStore } from './posters.ts';
import { rankingStore } from './rankings.ts';
import { registrationStore } from './registrations.ts';
import { reportStore } from './reports.ts';
import { searchStore } from './search.ts';
import { sessionStore } from './sessions.ts';
import { signInStore } from './sign-ins.ts';
import { signingKeyStore } from './signing-keys.ts';
import { trendingStore } from './trending.ts';
import { trendingVideoStore } from './trending-videos.ts';
import { upkeepStore } from './upkeep.ts';
import { uploadStore } from './uploads.ts';
import { userSearchStore } from './user-search.ts';
import { userStore } from './users.ts';
import { videoStore } from './videos.ts';
import { viewLogStore } from './view-log.ts';
import { viewStore } from './views.ts';

export type { ClientSession as DbSession };
export type Db = Awaited<ReturnType<typeof connectDb>>;

set('strictQuery', 'throw');
set('sanitizeFilter', true);

/** A time so many seconds ago. */
export type Ago = (seconds: number) => Date;

/** Opens one connection and every collection on it; creates missing collections and indexes. */
export async function connectDb(url: string) {
  const connection = await createConnection(url, {
    autoCreate: false,
    autoIndex: false,
    serverSelectionTimeoutMS: 5000,
    // A server that is reached but says nothing counts as gone after the two together, not after 40 s.
    connectTimeoutMS: 5000,
    heartbeatFrequencyMS: 5000,
    writeConcern: { w: 'majority', journal: true },
  }).asPromise();
  const viewLog = viewLogStore(connection);
  const stores = {
    videos: videoStore(connection),
    upkeep: upkeepStore(connection),
    catalogue: catalogueStore(connection),
    categories: categoryStore(connection),
    categoryCounts: categoryCountStore(connection),
    edits: editStore(connection),
    uploads: uploadStore(connection),
    users: userStore(connection),
    accounts: accountStore(connection),
    userSearch: userSearchStore(connection),
    owned: ownedStore(connection),
    audit: auditStore(connection),
    sessions: sessionStore(connection),
    signIns: signInStore(connection),
    grants: grantStore(connection),
    signingKeys: signingKeyStore(connection),
    apiKeys: apiKeyStore(connection),
    logoutTokens: logoutTokenStore(connection),
    passwords: passwordStore(connection),
    registrations: registrationStore(connection),
    emailTokens: emailTokenStore(connection),
    parts: partStore(connection),
    playlists: playlistStore(connection),
    captions: captionStore(connection),
    posters: posterStore(connection),
    pictures: pictureStore(connection),
    people: peopleStore(connection),
    personPictures: personPictureStore(connection),
    credits: creditStore(connection),
    views: viewStore(connection),
    viewLog,
    engagements: engagementStore(connection),
    likes: likeStore(connection),
    comments: commentStore(connection),
    reports: reportStore(connection),
    trending: trendingStore(connection, viewLog),
    rankings: rankingStore(connection),
    trendingVideos: trendingVideoStore(connection),
    imports: importStore(connection),
    analytics: analyticsStore(connection),
  };
  const search = searchStore(connection, stores.credits.namesOf);
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
  }
  await stores.users.addFields();
  await stores.videos.addFields();
  await connection.transaction((session) => stores.categories.seed(session));
  return {
    ...stores,
    search,
    /** All writes of `work` or none. It may run more than once, so it must have no other effect. */
    transaction: <T>(work: (session: ClientSession) => Promise<T>): Promise<T> =>
      (connection as Connection).transaction(work) as Promise<T>,
    /**
     * Tells times so many seconds ago, by MongoDB's clock as it is now: what one process has written, another compares,
     * and their own clocks may differ.
     */
    async clock(): Promise<Ago> {
      const { localTime } = (await connection.db?.admin().command({ hello: 1, maxTimeMS: 2000 })) ?? {};
      return (secondsAgo) => new Date(localTime.getTime() - secondsAgo * 1000);
    },
    async ping(): Promise<void> {
      await connection.db?.admin().command({ ping: 1, maxTimeMS: 2000 });
    },
    close: () => connection.close(),
  };
}
