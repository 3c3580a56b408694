import { describe, expect, it } from 'vitest';
import { studio } from './studio.ts';

const DIGITS = '12345678901234567890';

describe('a job whose id is a number of more digits than a double keeps', () => {
  it.each<[what: string, isMuchBeside: boolean]>([
    ['is ended by the path that has them', false],
    ['is ended so where much stands beside it, another id of the same name, too', true],
  ])('%s', async (_, isMuchBeside) => {
    const beside = isMuchBeside ? `"input":{"id":12345678901234567891,"text":"${'x'.repeat(20_000)}"},` : '';
    const { post, get, used } = await studio((request, response) => {
      const status = request.method === 'POST' ? 'starting' : 'succeeded';
      response
        .writeHead(request.method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' })
        .end(`{${beside}"id":${DIGITS},"status":"${status}"}`);
    });
    await post('/v1/predictions');
    await get('/v1/predictions/12345678901234567891');
    expect(await used('running')).toBe(1);
    await get(`/v1/predictions/${DIGITS}`);
    expect(await used('running')).toBe(0);
  });
});
