import { HeadgateError } from '../../core/index.ts';
import type { Soon } from '../soon.ts';

/** A store did not answer, or cannot: `fail` of each limit says what becomes of a request. */
export class Outage extends HeadgateError {
  /** Whether the store was asked: then nobody knows whether it has done it all the same. */
  readonly wasAsked: boolean;

  constructor(why: string, wasAsked: boolean = true) {
    super('ERR_STORE', why);
    this.wasAsked = wasAsked;
  }
}

/** What is asked of a store, or something else where it does not answer. @throws, or rejects with, what is no outage */
export function unlessDown<T>(ask: () => Soon<T>, other: () => Soon<T>): Soon<T> {
  const instead = (error: unknown): Soon<T> => {
    if (error instanceof Outage) return other();
    throw error;
  };
  try {
    const said = ask();
    return said instanceof Promise ? said.catch(instead) : said;
  } catch (error) {
    return instead(error);
  }
}

/**
 * What a store's fault means. What is wrong with a step, and not with the store, is passed on as it is: the store has answered. So is what
 * a store in this process throws that is no fault of a store: that is a mistake in a program.
 */
export function outageOf(error: unknown, isLater: boolean): Outage | undefined {
  if (!(error instanceof HeadgateError)) return isLater ? new Outage(reasonOf(error)) : undefined;
  return error.code.startsWith('ERR_STORE') ? new Outage(error.message.replace(/^\w+: /, '')) : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
