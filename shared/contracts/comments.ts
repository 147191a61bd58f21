import { z } from 'zod';
import { userId } from './account.ts';
import { id, pageOf, time, videoId } from './common.ts';

export const commentId = id('A comment', '2b8c0e9d3a4b6c7d8e9f015f');

const mostCommentLetters = 10_000;

/** As it is stored: nothing in it is removed or escaped, so it must never be shown as HTML. */
const text = z
  .string()
  .trim()
  .normalize('NFC')
  .min(1)
  .max(mostCommentLetters)
  .meta({ description: 'Plain text, whatever stands in it', example: 'Where was this filmed?' });

export const newComment = z
  .strictObject({
    text,
    replyTo: commentId.optional().meta({ description: 'The comment that it answers' }),
  })
  .meta({ id: 'NewComment' });

export const commentChange = z.strictObject({ text }).meta({ id: 'CommentChange' });

const person = z.object({
  userId: userId.nullable().meta({ description: 'null: the account is deleted' }),
  displayName: z.string().meta({ example: 'Ada' }),
});

export const comment = z
  .object({
    commentId,
    videoId,
    replyTo: commentId
      .nullable()
      .meta({ description: 'The comment under which it stands; null: it stands by itself', example: null }),
    answers: person
      .nullable()
      .meta({ description: 'Whom it answers, where that is another reply; else null', example: null }),
    state: z.enum(['shown', 'hidden', 'removed']).meta({
      description: 'What is hidden or removed keeps its place while there are replies to it',
    }),
    author: person.nullable().meta({ description: 'null where the comment is not shown' }),
    text: z
      .string()
      .nullable()
      .meta({ description: 'Plain text; null where it is not shown', example: 'Where was this filmed?' }),
    isPinned: z.boolean().meta({ description: 'The video’s owner wants it at the top' }),
    replies: z.int().meta({ description: 'How many are shown', example: 2 }),
    revision: z.int().meta({ description: 'Raised by each change of the text', example: 1 }),
    createdAt: time,
    editedAt: time.nullable(),
  })
  .meta({ id: 'Comment' });

export const commentPage = pageOf(comment).meta({ id: 'CommentPage' });
