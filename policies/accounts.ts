import { parsePolicy } from 'headgate/policy';
import { ask as askAt, policyText, type Answer } from '../packages/server/test/support.ts';
import { serve, START, TOKEN, type Served } from './served.ts';
import { uploads, type Uploads } from './uploads.ts';

export const AIONVISION: string = policyText('aionvision.yaml');
/** A session of an account of STARTER. */
export const DASHBOARD = { Cookie: 'session=demo' } as const;
export const STREAM = 'POST /v1/upload/stream';

export async function uploading(): Promise<Uploads & Served> {
  const api = uploads();
  return Object.assign(api, await serve('aionvision.yaml', START, api.listener));
}

/** The account of the dashboard has another tier from now on. */
export function move({ gateway }: Served, tier: string): void {
  gateway.use(
    parsePolicy(
      AIONVISION.replace('demo: { plan: STARTER, account: dashboard }', `demo: { plan: ${tier}, account: dashboard }`),
    ),
  );
}

export async function adjust(
  { gateway }: Served,
  limit: string,
  plan: string,
  by: number,
  account = 'dashboard',
): Promise<number> {
  const answer = await askAt(`${gateway.settleUrl}/v1/limits/${limit}/adjust`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ subject: { account, plan }, by }),
  });
  return answer.status;
}

/** Stores so many bytes from the dashboard, by a presigned URL. */
export const put = ({ gateway }: Served, bytes: number): Promise<Answer> =>
  askAt(`${gateway.url}/v1/upload/presigned/f`, { method: 'PUT', headers: DASHBOARD, body: 'x'.repeat(bytes) });
