import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { environment, secretNames } from './environment.ts';
import { providerConflicts, signInGaps } from './sign-in-providers.ts';

export type Config = Readonly<z.infer<typeof environment>>;

/** The names of all variables that Millrace reads. */
export const configNames: readonly string[] = [
  ...Object.keys(environment.shape),
  ...secretNames.map((name) => `${name}_FILE`),
];

/**
 * The environment, shaped and checked. Empty variables count as absent, those of spaces too.
 * @throws Error that names every problem at once, one a line.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value?.trim()) given[name] = value;
  const problems: string[] = [];
  for (const name of secretNames) {
    const path = given[`${name}_FILE`];
    if (!path || given[name]) continue;
    try {
      given[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`);
    }
  }
  problems.push(...signInGaps(given));
  const parsed = environment.safeParse(given, { error: sentenceOf });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      problems.push(`${name}: ${given[name] === undefined ? 'is not set' : issue.message}`);
    }
  }
  if (parsed.success && !parsed.data.ENCODING_PROFILES[parsed.data.ENCODING_PROFILE]) {
    const known = Object.keys(parsed.data.ENCODING_PROFILES).join(', ');
    problems.push(`ENCODING_PROFILE: is not one of ${known}`);
  }
  if (parsed.success) problems.push(...unservedRegions(parsed.data));
  if (parsed.success) problems.push(...providerConflicts(parsed.data));
  if (parsed.success) problems.push(...mailProblems(parsed.data));
  if (problems.length > 0 || !parsed.success) {
    throw new Error(`The configuration is not usable:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return Object.freeze(parsed.data);
}

/** For what a variable's own check says nothing about. */
function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'number') return 'must be a number';
  return issue.expected === 'int' ? 'must be a whole number' : undefined;
}

/** Settings for regions that have no list would do nothing. */
function unservedRegions({ REGIONS, DEFAULT_REGION, TRENDING_HALF_LIFE_HOURS }: Config): string[] {
  const isUnserved = (region: string) => !REGIONS.includes(region);
  const served = `one of ${REGIONS.join(', ')} (REGIONS)`;
  const halved = Object.keys(TRENDING_HALF_LIFE_HOURS.byRegion).filter(isUnserved);
  return [
    ...(DEFAULT_REGION && isUnserved(DEFAULT_REGION) ? [`DEFAULT_REGION: is not ${served}`] : []),
    ...halved.map((region) => `TRENDING_HALF_LIFE_HOURS: names ${region}, which is not ${served}`),
  ];
}

function mailProblems({ LOCAL_ACCOUNTS, NODE_ENV, SMTP_URL, MAIL_FROM }: Config): string[] {
  if (SMTP_URL && !MAIL_FROM) return ['MAIL_FROM: is not set, and SMTP_URL needs it'];
  if (LOCAL_ACCOUNTS && NODE_ENV === 'production' && !SMTP_URL) {
    return ['SMTP_URL: is not set, and LOCAL_ACCOUNTS needs it in production, to confirm e-mail addresses'];
  }
  return [];
}
