import 'reflect-metadata';
import {
  Body,
  Controller,
  Get,
  Module,
  Post,
  UseGuards,
  type DynamicModule,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { IncomingMessage } from 'node:http';
import type { RequestDecision, Spec, Warning } from '../../src/adapters/kit/index.ts';
import { connected, Decision, HeadgateModule, Limit, Limited, SkipLimit } from '../../src/adapters/nest/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock } from '../../src/testing/index.ts';

@Controller()
export class Files {
  @Get('files')
  list(@Decision() { remaining }: RequestDecision): unknown {
    return { remaining };
  }

  @Limit('2/minute')
  @Get('search')
  search(): string {
    return 'found';
  }

  @Limit({ extraCost: 4 })
  @Get('export')
  export(): string {
    return 'exported';
  }

  @SkipLimit()
  @Get('health')
  health(): string {
    return 'well';
  }
}

@Controller('uploads')
export class Uploads {
  @Post()
  add(@Body() body: unknown): unknown {
    return body;
  }
}

@Limit('3/minute')
@Controller('slow')
export class Slow {
  @Get('one')
  one(): string {
    return 'one';
  }

  @Limit('2/minute')
  @Get('two')
  two(): string {
    return 'two';
  }
}

/** A guard behind ours, that lets nobody in. */
class Never {
  canActivate(): boolean {
    return false;
  }
}

@Resolver()
export class Reports {
  @Query(() => String)
  report(@Decision() { remaining }: RequestDecision): string {
    return String(remaining);
  }

  @Limit('2/minute')
  @Query(() => String)
  summary(): string {
    return 'short';
  }
}

@Resolver()
export class Searches {
  @Query(() => String)
  search(@Decision() decision: RequestDecision): string {
    decision.charge(2);
    return String(decision.remaining);
  }
}

@Limited()
@WebSocketGateway({ path: '/chat' })
export class Chat implements OnGatewayConnection {
  handleConnection(client: object, request: IncomingMessage): void {
    connected(client, request);
  }

  @SubscribeMessage('say')
  say(_client: unknown, text: unknown): unknown {
    return { event: 'said', data: text };
  }
}

@Limited()
@WebSocketGateway({ path: '/held' })
export class Held implements OnGatewayConnection {
  handleConnection(client: object, request: IncomingMessage): void {
    connected(client, request);
  }

  @SubscribeMessage('say')
  say(): unknown {
    return { event: 'said', data: '' };
  }

  @UseGuards(Never)
  @SubscribeMessage('closed')
  closed(): unknown {
    return { event: 'said', data: 'never' };
  }
}

@Resolver()
export class Jobs {
  @Query(() => String)
  job(): string {
    return 'done';
  }

  @UseGuards(Never)
  @Query(() => String)
  closed(): string {
    return 'never seen';
  }
}

@WebSocketGateway({ path: '/open' })
export class Unguarded {
  @SubscribeMessage('say')
  say(): unknown {
    return { event: 'said', data: '' };
  }
}

/** Who serves GraphQL on which platform. */
const GRAPHQL = {
  apollo: (): DynamicModule =>
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      allowBatchedHttpRequests: true,
    }),
  mercurius: (): DynamicModule =>
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      allowBatchedQueries: true,
    }),
};

/** What an app is made of. */
export interface Parts {
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Type[];
  readonly platform?: 'express' | 'fastify';
  readonly graphql?: keyof typeof GRAPHQL;
  /** A policy more, of another module. */
  readonly beside?: Spec;
  /** What an app does before it listens. */
  readonly prepare?: (app: INestApplication) => unknown;
}

export interface Started {
  readonly app: INestApplication;
  readonly url: string;
  readonly warnings: readonly Warning[];
  readonly clock: ReturnType<typeof manualClock>;
}

/** An app on a clock that stands still, until the test ends. */
export async function started(
  spec: Spec,
  { controllers = [], providers = [], platform, graphql = 'apollo', beside, prepare }: Parts,
): Promise<Started> {
  const clock = manualClock();
  const warnings: Warning[] = [];
  const options = { clock, store: memoryStore({ clock }), onWarning: (one: Warning) => void warnings.push(one) };
  const imports = [
    HeadgateModule.forRoot(spec, options),
    ...([Reports, Jobs, Searches].some((one) => providers.includes(one)) ? [GRAPHQL[graphql]()] : []),
  ];
  if (beside !== undefined) imports.push(HeadgateModule.forRoot(beside, { ...options, store: memoryStore({ clock }) }));
  @Module({ imports, controllers: [...controllers], providers: [...providers] })
  class Root {}
  const quiet = { logger: false, abortOnError: false } as const;
  const app =
    platform === 'fastify'
      ? await NestFactory.create(Root, new FastifyAdapter(), quiet)
      : await NestFactory.create(Root, quiet);
  app.useWebSocketAdapter(new WsAdapter(app));
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  onTestFinished(() => app.close());
  return { app, url: await app.getUrl(), warnings, clock };
}

interface Line {
  readonly ask: (event: string, data: unknown) => Promise<unknown>;
  /** Says something that nobody answers. */
  readonly say: (event: string) => void;
  readonly leave: () => void;
}

/** A web socket, and the next message on it. */
export async function socket(url: string): Promise<Line> {
  const line = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => line.terminate());
  await new Promise((resolve, reject) => line.once('open', resolve).once('error', reject));
  return {
    ask: (event, data) =>
      new Promise((resolve) => {
        line.once('message', (message: Buffer) => resolve(JSON.parse(String(message))));
        line.send(JSON.stringify({ event, data }));
      }),
    say: (event) => line.send(JSON.stringify({ event })),
    leave: () => line.terminate(),
  };
}
