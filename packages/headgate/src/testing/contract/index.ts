export { Asker, programOf, segmentsOf, type AnyStore, type LimitSpec, type Question } from './ask.ts';
export { contractSuite, type ContractTest, type MakeAnyStore } from './suite.ts';
