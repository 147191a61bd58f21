export const serverKeys = ['mongo', 'redis', 's3', 'oidc'] as const;

export type ServerKey = (typeof serverKeys)[number];

/** The first name decides whether a server is given; the others must then be given too, or have a default. */
const names: Record<ServerKey, { needed: [string, ...string[]]; defaults?: Record<string, string> }> = {
  mongo: { needed: ['MONGO_URL'] },
  redis: { needed: ['REDIS_URL'] },
  s3: {
    needed: ['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
    defaults: { S3_REGION: 'us-east-1' },
  },
  oidc: { needed: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] },
};

/** The variables of a server that runs already, so that the stack need not start one. */
export function readGivenServer(key: ServerKey): Record<string, string> | undefined {
  const { needed, defaults = {} } = names[key];
  if (!process.env[needed[0]]) return undefined;
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`${needed[0]} is set, so set ${missing.join(' and ')} too`);
  const all = [...needed, ...Object.keys(defaults)];
  return Object.fromEntries(all.map((name) => [name, process.env[name] ?? defaults[name] ?? '']));
}

export function readPort(key: ServerKey): number | undefined {
  const name = `STACK_${key.toUpperCase()}_PORT`;
  const value = process.env[name];
  if (!value) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${name} is not a port: ${value}`);
  return port;
}
