import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { HEADGATE, type NestGate } from './gate.ts';
import { HeadgateGuard } from './guard.ts';
import { GATEWAY, GUARDS, noted, routesOn } from './metadata.ts';
import { noteResponses } from './responses.ts';

type Owner = new (...args: never[]) => unknown;

/** Looks at every handler of an app when it starts: what is wrong there is told then, and not to the first who asks. */
export class HeadgateStart implements OnApplicationBootstrap {
  readonly #gate: NestGate;
  readonly #modules: ModulesContainer;
  readonly #host: HttpAdapterHost;

  constructor(gate: NestGate, modules: ModulesContainer, host: HttpAdapterHost) {
    this.#gate = gate;
    this.#modules = modules;
    this.#host = host;
  }

  /** @throws HeadgateError for what a decorator says that cannot be */
  onApplicationBootstrap(): void {
    noteResponses(this.#host);
    for (const owner of this.#owners()) {
      for (const method of methodsOf(owner)) for (const route of routesOn(method, owner)) this.#gate.routeOf(route);
      if (noted(GATEWAY, owner) === true && !isGuarded(owner))
        this.#gate.guard.warn('WARN_ADAPTER_UNGUARDED', owner.name);
    }
  }

  #owners(): ReadonlySet<Owner> {
    const wrappers = [...this.#modules.values()].flatMap(({ controllers, providers }) => [
      ...controllers.values(),
      ...providers.values(),
    ]);
    const types = wrappers.map(({ metatype }) => metatype);
    return new Set(types.filter((type): type is Owner => typeof type === 'function' && type.prototype !== undefined));
  }
}

/** Its own, and those of the classes that it is made of. */
function methodsOf({ prototype }: Owner): readonly object[] {
  const methods: object[] = [];
  for (let of: unknown = prototype; typeof of === 'object' && of !== null; of = Object.getPrototypeOf(of))
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(of)))
      if (typeof value === 'function') methods.push(value as object);
  return methods;
}

function isGuarded(owner: Owner): boolean {
  const guards = noted(GUARDS, owner);
  const isOurs = (guard: unknown): boolean =>
    guard === HeadgateGuard || (guard as object).constructor === HeadgateGuard;
  return noted('headgate:skips', owner) === true || (Array.isArray(guards) && guards.some(isOurs));
}

Injectable()(HeadgateStart);
Inject(HEADGATE)(HeadgateStart, undefined, 0);
Inject(ModulesContainer)(HeadgateStart, undefined, 1);
Inject(HttpAdapterHost)(HeadgateStart, undefined, 2);
