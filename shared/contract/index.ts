import type { ContractRouterClient } from '@orpc/contract';
import { app } from './app.ts';
import { applications } from './applications.ts';
import { devices } from './devices.ts';
import { jobs } from './jobs.ts';
import { metrics } from './metrics.ts';
import { models } from './models.ts';
import { predictions } from './predictions.ts';
import { retention } from './retention.ts';
import { scheduler } from './scheduler.ts';

/** The table of contents: every call that any shell can make. */
export const contract = { app, jobs, scheduler, devices, metrics, models, applications, predictions, retention };
export type Contract = typeof contract;
/** What any shell calls the core with. */
export type Client = ContractRouterClient<Contract>;
