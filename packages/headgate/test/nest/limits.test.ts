import { Body, Controller, Get, Post } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { RequestDecision } from '../../src/adapters/kit/index.ts';
import { Decision, Limit } from '../../src/adapters/nest/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { started } from './app.ts';

const perAddress = (name: string, rate: string): { limits: Record<string, { rate: string; per: string }> } => ({
  limits: { [name]: { rate, per: 'address' } },
});

class Several {
  @Limit(perAddress('few', '5/minute'))
  @Limit({ extraCost: 3 })
  @Limit(perAddress('many', '50/minute'))
  @Get('several')
  several(): string {
    return 'fine';
  }

  @Post('body')
  read(@Body() body: unknown, @Decision() { remaining }: RequestDecision): unknown {
    return { body, remaining };
  }
}

@Limit(perAddress('all', '90/minute'))
class Base extends Several {}

@Limit(perAddress('own', '80/minute'))
@Controller()
class Made extends Base {}

class Unclear {
  @Limit('5/minute')
  @Get('unclear')
  unclear(): string {
    return 'fine';
  }
}

@Controller()
class Inherits extends Unclear {}

const OF_BODIES = parsePolicy(`
headgate: 1
name: Of bodies
identify: { anonymous: true }
limits: { points: { rate: 100/minute, per: address, cost: request.body.points } }
`);

describe.each(['express', 'fastify'] as const)('limits of handlers on %s', (platform) => {
  it('add up, however many stand on a handler, on its class, and on the class that is made of', async () => {
    const { url } = await started('100/minute', { controllers: [Made], platform });
    const told = (await fetch(`${url}/several`)).headers.get('ratelimit') ?? '';
    const left = [...told.matchAll(/"(?<name>\w+)";r=(?<left>\d+)/g)].map(({ groups }) => [
      groups?.['name'],
      groups?.['left'],
    ]);
    expect(left).toEqual([['limit', '96'], ['all', '86'], ['own', '76'], ['many', '46'], ['few', '1']]); // prettier-ignore
  });

  it('stand beside those of a policy that reads bodies', async () => {
    const { url } = await started(OF_BODIES, { controllers: [Made], platform });
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ points: 60 });
    const post = async (): Promise<number> => (await fetch(`${url}/body`, { method: 'POST', headers, body })).status;
    expect([await post(), await post()]).toEqual([201, 429]);
  });

  it('that a handler inherits, and cannot be, are refused when the app starts', async () => {
    await expect(started(OF_BODIES, { controllers: [Inherits], platform })).rejects.toThrow(
      /ERR_ADAPTER_ROUTE: limits\.Unclear\.unclear\.per/,
    );
  });
});
