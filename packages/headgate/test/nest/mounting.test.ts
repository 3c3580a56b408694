import 'reflect-metadata';
import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import type { AdapterWarningCode, Warning } from '../../src/adapters/kit/index.ts';
import { HeadgateModule } from '../../src/adapters/nest/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { closeAfterwards, leftIn } from '../adapters/set-up.ts';

@Controller()
class Files {
  @Get()
  list(): string {
    return 'fine';
  }
}

const PLATFORMS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

describe.each(Object.entries(PLATFORMS))('a module on %s', (_, platform) => {
  async function startWith(imports: ModuleMetadata['imports'] & {}): Promise<string> {
    @Module({ imports, controllers: [Files] })
    class Root {}
    const app = await NestFactory.create(Root, platform(), { logger: false, abortOnError: false });
    closeAfterwards(() => app.close());
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  it('that is imported without what it enforces is refused at the start', async () => {
    await expect(startWith([HeadgateModule])).rejects.toThrow(
      /^ERR_ADAPTER_OPTION: imports: expected HeadgateModule\.forRoot/,
    );
  });

  it('that is imported as it is beside one that says what it enforces is that one', async () => {
    @Module({ imports: [HeadgateModule] })
    class Feature {}
    const url = await startWith([HeadgateModule.forRoot('9/minute'), Feature]);
    expect(leftIn((await fetch(url)).headers)).toEqual({ limit: 8 });
  });

  it('that a part of the app makes again over its store counts a request once, and tells it once', async () => {
    const codes: AdapterWarningCode[] = [];
    const options = { store: memoryStore(), onWarning: ({ code }: Warning): void => void codes.push(code) };
    @Module({ imports: [HeadgateModule.forRoot('9/minute', options)] })
    class Feature {}
    const url = await startWith([HeadgateModule.forRoot('9/minute', options), Feature]);
    const left = [leftIn((await fetch(url)).headers), leftIn((await fetch(url)).headers)];
    expect([left, codes]).toEqual([[{ limit: 8 }, { limit: 7 }], ['WARN_ADAPTER_TWICE']]);
  });
});
