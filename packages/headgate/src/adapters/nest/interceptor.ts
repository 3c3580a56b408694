import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';
import { callOf } from './call.ts';

/** Releases what a field of GraphQL, or a message, holds, when its handler is done. What a request holds, its response releases. */
export class HeadgateInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const visit = context.getType() === 'http' ? undefined : callOf(context)?.visit;
    if (visit === undefined) return next.handle();
    return next.handle().pipe(finalize(() => visit.end({ status: 200, torn: false })));
  }
}

Injectable()(HeadgateInterceptor);
