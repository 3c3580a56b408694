import type { IncomingMessage } from 'node:http';
import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { HeadgateError, type AnyStore, type Options, type Spec } from '../kit/index.ts';
import { HeadgateFilter } from './filter.ts';
import { HEADGATE, NestGate } from './gate.ts';
import { HeadgateGuard } from './guard.ts';
import { HeadgateInterceptor } from './interceptor.ts';
import { HeadgateStart } from './start.ts';

/** What is said beside what is enforced. A key function is given the request as the platform has it, Express or Fastify. */
export interface NestOptions<Native = IncomingMessage> extends Options<Native, AnyStore> {}

/** What a factory makes: what is enforced, and what is said beside it. */
export interface Made {
  readonly spec: Spec;
  readonly options?: NestOptions<never>;
}

export interface AsyncOptions extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  readonly useFactory: (...injected: never[]) => Made | Promise<Made>;
}

/** One policy before every handler of an app. */
export class HeadgateModule {
  /**
   * `HeadgateModule.forRoot('100/minute')`, several limits by name, or a whole policy.
   * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
   */
  static forRoot<Native = IncomingMessage>(spec: Spec, options: NestOptions<Native> = {}): DynamicModule {
    // oxlint-disable-next-line typescript/unbound-method -- it is only looked for on the stack
    const gate = new NestGate(spec, options, HeadgateModule.forRoot);
    return moduleWith({ provide: HEADGATE, useValue: gate });
  }

  /** With what other providers say, such as a configuration. */
  static forRootAsync({ imports = [], inject = [], useFactory }: AsyncOptions): DynamicModule {
    const make = async (...injected: never[]): Promise<NestGate> => {
      const { spec, options = {} } = await useFactory(...injected);
      return new NestGate(spec, options, useFactory);
    };
    return moduleWith(
      { provide: HEADGATE, inject, useFactory: make as (...injected: unknown[]) => Promise<NestGate> },
      imports,
    );
  }
}

function moduleWith(gate: Provider, imports: DynamicModule['imports'] = []): DynamicModule {
  const providers: Provider[] = [
    gate,
    HeadgateStart,
    { provide: APP_GUARD, useClass: HeadgateGuard },
    { provide: APP_FILTER, useClass: HeadgateFilter },
    { provide: APP_INTERCEPTOR, useClass: HeadgateInterceptor },
  ];
  return { module: HeadgateModule, global: true, imports, providers, exports: [HEADGATE] };
}

/** The bare class is a module too, which would limit nothing and say nothing. */
const MADE: Provider = {
  provide: 'HEADGATE_MADE',
  inject: [{ token: HEADGATE, optional: true }],
  useFactory: (gate: NestGate | undefined) => {
    if (gate !== undefined) return true;
    throw new HeadgateError('ERR_ADAPTER_OPTION', 'imports: expected HeadgateModule.forRoot(…), got HeadgateModule');
  },
};

Module({ providers: [MADE] })(HeadgateModule);
