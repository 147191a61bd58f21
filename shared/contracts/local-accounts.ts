import { z } from 'zod';

/** In small letters: no provider that people use tells capital ones apart, and one person gets one account. */
const emailAddress = z
  .email('must be an e-mail address')
  .max(254)
  // RFC 5321, 4.5.3.1.1
  .regex(/^[^@]{1,64}(?:@|$)/, 'must have 64 characters at most before the @')
  .toLowerCase()
  .meta({
    description: 'An e-mail address; capital letters count as small ones',
    example: 'ada@example.com',
  });

export const longestPassword = 200;
const shortestPassword = 10;

/** A password as it is typed to sign in: no rule but a length that costs nothing to hash. */
const givenPassword = z.string().min(1).max(longestPassword).meta({ example: 'lantern 7 over water' });

/** A password that is chosen. Whether it is a common one is asked where it is stored. */
const newPassword = z
  .string()
  .max(longestPassword)
  .refine(
    (value) => [...value].length >= shortestPassword,
    `must have at least ${shortestPassword} characters`,
  )
  .regex(/[0-9]/, 'must have a digit')
  .meta({
    description: `At least ${shortestPassword} characters, one of them a digit, and none of the passwords that many people use`,
    minLength: shortestPassword,
    example: 'lantern 7 over water',
  });

export const registration = z
  .strictObject({
    email: emailAddress,
    password: newPassword,
    displayName: z.string().trim().min(1).max(100).meta({ example: 'Ada' }),
  })
  .meta({ id: 'Registration' });

export const credentials = z
  .strictObject({ email: emailAddress, password: givenPassword })
  .meta({ id: 'Credentials' });

export const addressee = z.strictObject({ email: emailAddress }).meta({ id: 'Addressee' });

const token = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'From the e-mail; works once', example: 'Vb1cW0kq8m2yQ4xT7nR5sA' });

export const emailVerification = z
  .strictObject({ token, password: givenPassword })
  .meta({ id: 'EmailVerification' });

export const passwordReset = z.strictObject({ token, password: newPassword }).meta({ id: 'PasswordReset' });

export const passwordChange = z
  .strictObject({ currentPassword: givenPassword, newPassword })
  .meta({ id: 'PasswordChange' });
