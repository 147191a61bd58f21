import { z } from 'zod';
import { userId } from './account.ts';
import { id, pageOf, time } from './common.ts';
import { pictureTypes, poster, posterTicket, posterUpload } from './images.ts';

export const personId = id('A person who has to do with videos', '1f0e9d3a4b6c7d8e9f015f2b');

export const pictureUploadId = id('An upload of a person’s picture', '9c0e1d3a4b6c7d8e9f017b2a');

const name = z
  .string()
  .trim()
  .min(1, { abort: true })
  .max(200)
  .refine((given) => /[\p{L}\p{N}]/u.test(given), 'must have a letter or a digit')
  .meta({ example: 'Lídia Reiniger' });
const biography = z.string().trim().max(5000).meta({ example: 'Cut figures from paper and let them move.' });

export const newPerson = z.strictObject({ name, biography: biography.default('') }).meta({ id: 'NewPerson' });

/** What is not named stays. */
export const personChange = z
  .strictObject({ name: name.optional(), biography: biography.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must name something to change')
  .meta({ id: 'PersonChange', minProperties: 1 });

export const person = z
  .object({
    personId,
    name: z.string().meta({ description: 'Several people may have the same', example: 'Lídia Reiniger' }),
    biography: z.string().meta({ example: 'Cut figures from paper and let them move.' }),
    pictureUrl: z
      .url()
      .nullable()
      .meta({ example: 'https://video.example/api/people/1f0e9d3a4b6c7d8e9f015f2b/picture.jpg' }),
    pictureWidths: z
      .array(z.int())
      .meta({ description: 'Of the picture, in pixels, rising', example: [320, 640] }),
    createdBy: userId
      .nullable()
      .meta({ description: 'The account that may change it; null: moderators alone' }),
    revision: z.int().meta({ description: 'Raised by each change; If-Match goes by it', example: 2 }),
    createdAt: time,
  })
  .meta({ id: 'Person' });

export const personPage = pageOf(person).meta({ id: 'PersonPage' });

export const personMerge = z
  .strictObject({ into: personId.meta({ description: 'The person that stays' }) })
  .meta({ id: 'PersonMerge' });

/** Bytes of a picture of a person. */
export const pictureMaxBytes = 1024 ** 2;

export const newPictureUpload = z
  .strictObject({
    size: z
      .int()
      .positive()
      .meta({ description: `Exact size in bytes, at most ${pictureMaxBytes}`, example: 81920 }),
    type: z.enum(pictureTypes).meta({ description: 'It is signed and must be sent with the bytes' }),
  })
  .meta({ id: 'NewPictureUpload' });

export const pictureTicket = posterTicket
  .omit({ posterUploadId: true })
  .extend({ pictureUploadId })
  .meta({ id: 'PictureTicket' });

export const pictureUpload = posterUpload
  .omit({ posterUploadId: true })
  .extend({
    pictureUploadId,
    state: posterUpload.shape.state.meta({
      description: 'It waits for its bytes, then for the sizes of the picture',
    }),
    error: poster.shape.error,
  })
  .meta({ id: 'PictureUpload' });
