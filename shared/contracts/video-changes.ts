import { z } from 'zod';
import { newUpload } from './uploads.ts';

const { title, description, category, tags, language, visibility } = newUpload.shape;
const { regions, minimumAge, publishAt, commentsOff } = newUpload.shape;

/** What may be said of a video and where it is seen, as with its upload; what is not named stays. */
export const videoChange = z
  .strictObject({
    title: title.unwrap().optional(),
    description: description.unwrap().optional(),
    category: category.unwrap().nullable().optional().meta({ description: 'null: none' }),
    tags: tags.unwrap().optional(),
    language: language.unwrap().nullable().optional().meta({ description: 'null: none' }),
    visibility: visibility.unwrap().optional(),
    regions: regions.unwrap().optional(),
    minimumAge: minimumAge.unwrap().optional(),
    publishAt: publishAt
      .unwrap()
      .optional()
      .meta({
        description:
          'A time to come: until then it is seen as if it were private, also when it was published before. ' +
          'null: at once, if it is not published yet',
      }),
    commentsOff: commentsOff.unwrap().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must name something to change')
  .meta({ id: 'VideoChange', minProperties: 1 });
