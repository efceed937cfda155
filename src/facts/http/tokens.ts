import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { detect } from '../../core/detect/detect.ts';
import { hintOf } from '../../core/detect/hints.ts';
import type { Facts } from '../../core/facts.ts';
import { type ApiTarget, originOf, readJwks } from './client.ts';
import type { Session } from './sessions.ts';

type Token = Facts['userTokens']['tokens'][number];
type Claim = Token['claims'][number];

const MAX_DEPTH = 5;
/** A claim's name as people write them; an address or an id in the place of a name is a value, and stays out. */
const NAME = /^[A-Za-z_][\w:./-]{0,60}$/;
/** Detectors that tell a lookalike, a test value or no person's data. */
const NOTHING = /-(miss|test|in-id|fictional)$|^(long-number|lorem-ipsum|placeholder-name)$/;

function typeOf(value: unknown): Claim['type'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}

function shapesOf(name: string, value: unknown): string[] {
  const found = new Set<string>();
  const texts = Array.isArray(value) ? value : [value];
  for (const text of texts)
    if (typeof text === 'string')
      detect(text, hintOf(name), (detector) => {
        if (!NOTHING.test(detector)) found.add(detector);
      });
  return [...found].sort();
}

/** Every claim by its path, with what its value looks like; the values themselves are forgotten. */
function claimsIn(payload: object, path: readonly string[] = []): Claim[] {
  return Object.entries(payload).flatMap(([name, value]): Claim[] => {
    const here = [...path, NAME.test(name) ? name : '*'];
    const type = typeOf(value);
    if (type === 'object' && here.length < MAX_DEPTH) return claimsIn(value as object, here);
    return [{ path: here, type, shapes: shapesOf(name, value) }];
  });
}

/** Whether the project's published keys made the signature. HS256 has no published key: whoever can check it could make it. */
async function signatureOf(token: string, algorithm: string, keys: JSONWebKeySet | null): Promise<Token['signature']> {
  if (algorithm.startsWith('HS')) return 'shared-secret';
  if (keys === null) return 'keys-unknown';
  try {
    await jwtVerify(token, createLocalJWKSet(keys));
    return 'verified';
  } catch (error) {
    // Signed well, and over in the meantime.
    return (error as { code?: unknown }).code === 'ERR_JWT_EXPIRED' ? 'verified' : 'wrong';
  }
}

function lifetime({ iat, exp }: JWTPayload): number | null {
  return iat === undefined || exp === undefined ? null : exp - iat;
}

/** Reads the tokens of the test users: how they are signed, and the names of what they carry. */
export async function collectTokens(
  target: ApiTarget,
  users: readonly Session[],
  signal: AbortSignal | undefined,
): Promise<Facts['userTokens']> {
  const keys = await readJwks(target, signal);
  const tokens: Token[] = [];
  for (const { name, token } of users) {
    const algorithm = String(decodeProtectedHeader(token).alg ?? 'none');
    const payload = decodeJwt(token);
    tokens.push({
      user: name,
      algorithm,
      signature: await signatureOf(token, algorithm, keys),
      seconds: lifetime(payload),
      claims: claimsIn(payload),
    });
  }
  return { origin: originOf(target), tokens };
}
