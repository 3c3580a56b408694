import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';
import { callOf } from './call.ts';

/** Releases what a field of GraphQL, or a message, holds, when its handler is done. What a request holds, its response releases. */
export class HeadgateInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const end = callOf(context)?.end;
    return end === undefined ? next.handle() : next.handle().pipe(finalize(end));
  }
}

Injectable()(HeadgateInterceptor);
