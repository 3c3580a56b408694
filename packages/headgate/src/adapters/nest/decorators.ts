import {
  createParamDecorator,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  applyDecorators,
  type ExecutionContext,
} from '@nestjs/common';
import { HeadgateError, isRouteSpec, type LimitSpec, type RouteSpec } from '../kit/index.ts';
import { callOf } from './call.ts';
import { HeadgateFilter } from './filter.ts';
import { HeadgateGuard } from './guard.ts';
import { HeadgateInterceptor } from './interceptor.ts';
import { LIMITS, limitsOn, SKIPS } from './metadata.ts';

type OfClassOrMethod = ClassDecorator & MethodDecorator;

/**
 * What a handler adds to what holds of every request, or each handler of a class: one limit, whose name is the handler's
 * (`FilesController.upload`), or limits by name, and a cost on top. It never takes the place of anything.
 */
export function Limit(spec: LimitSpec | RouteSpec): OfClassOrMethod {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const owner = typeof target === 'function' ? target : target.constructor;
    const name = key === undefined ? owner.name : `${owner.name}.${String(key)}`;
    const route: RouteSpec = isRouteSpec(spec) ? spec : { limits: { [name]: spec } };
    // Of a class there is no descriptor. One that stands nearer to it, or on the class it is made of, holds too.
    const before = limitsOn((descriptor?.value ?? target) as object);
    SetMetadata(LIMITS, [...before, route])(target, key as string, descriptor as PropertyDescriptor);
  };
}

/** Leaves a handler, or each of a class, unlimited: nothing is asked, and nothing is told. */
export function SkipLimit(skip = true): OfClassOrMethod {
  return SetMetadata(SKIPS, skip);
}

/** Puts a web socket gateway behind the policy: Nest's own guards for all of an app do not stand before gateways. */
export function Limited(): OfClassOrMethod {
  return applyDecorators(UseGuards(HeadgateGuard), UseFilters(HeadgateFilter), UseInterceptors(HeadgateInterceptor));
}

/**
 * The decision on this request, as a parameter of a handler.
 * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when the handler is not behind the guard
 */
export const Decision: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const decision = callOf(context)?.decision;
  if (decision !== undefined) return decision;
  throw new HeadgateError(
    'ERR_ADAPTER_UNJUDGED',
    `${context.getClass().name}.${context.getHandler().name}: is not behind HeadgateGuard`,
  );
});
