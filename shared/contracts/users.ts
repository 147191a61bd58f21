import { z } from 'zod';
import { account, accountStatuses, roles } from './account.ts';
import { time } from './common.ts';
import { isNearEnough, mostPaged, numberedPage } from './numbered-pages.ts';

/** An account as administrators see it. */
export const user = account
  .extend({
    rolesSetBy: z
      .enum(['claim', 'admin'])
      .meta({ description: 'What an administrator has set, the sign-in provider no longer changes' }),
    statusReason: z
      .string()
      .nullable()
      .meta({ description: 'Why an administrator has set the status', example: null }),
    issuer: z
      .string()
      .meta({ description: 'Who vouches for it: the sign-in provider, or `local`', example: 'local' }),
    closingSince: time.nullable(),
    lastSignInAt: time,
  })
  .meta({ id: 'User' });

export const userChange = z
  .strictObject({
    roles: z
      .array(z.enum(roles))
      .min(1)
      .max(roles.length)
      .refine((given) => new Set(given).size === given.length, 'must name each role once')
      .optional(),
    status: z.enum(['active', 'suspended']).optional(),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: 'Why; for administrators', example: 'Asked for it' }),
  })
  .refine((given) => given.roles || given.status, 'must have roles or status')
  .refine((given) => given.reason === undefined || given.status, 'must have status where it has a reason')
  .meta({ id: 'UserChange' });

export const userQuery = z
  .strictObject({
    q: z.string().trim().min(1).max(100).optional().meta({
      description: 'How the name or the e-mail address begins, in capital or small letters',
      example: 'ada',
    }),
    role: z.enum(roles).optional().meta({ description: 'Only those that have it' }),
    status: z.enum(accountStatuses).optional().meta({ description: 'Only those that have it' }),
    ...numberedPage,
  })
  .refine(isNearEnough, {
    path: ['page'],
    message: `times perPage must be ${mostPaged} at most: search by name, role or status for those that come later`,
  });

export const userPage = z
  .object({
    items: z.array(user),
    total: z.int().meta({ example: 1 }),
    page: z.int().meta({ example: 1 }),
    perPage: z.int().meta({ example: 20 }),
  })
  .meta({ id: 'UserPage' });
