export { leaseStore, type LeaseOptions, type LeaseStats, type LeaseStore } from './lease-store.ts';
