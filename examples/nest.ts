import 'reflect-metadata';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Decision, HeadgateModule, Limit, SkipLimit, type RequestDecision } from 'headgate/nest';

@Controller()
class AppController {
  @Get()
  home(@Decision() { remaining }: RequestDecision): object {
    return { remaining };
  }

  @Limit({ extraCost: 4 })
  @Get('search')
  search(@Decision() { remaining }: RequestDecision): object {
    return { remaining };
  }

  @Limit({ limits: { login: '5/minute' } })
  @Post('login')
  login(@Decision() { remaining }: RequestDecision): object {
    return { remaining };
  }

  @Get('report')
  report(@Decision() decision: RequestDecision): object {
    decision.charge(3);
    return { remaining: decision.remaining };
  }

  @SkipLimit()
  @Get('health')
  health(): string {
    return 'well';
  }
}

@Module({ imports: [HeadgateModule.forRoot('100/minute')], controllers: [AppController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
