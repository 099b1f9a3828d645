import * as z from 'zod';
import { ApplicationManifest } from '../model/application.ts';
import { base } from './base.ts';

export const applications = {
  list: base
    .route({
      method: 'GET',
      path: '/applications',
      tags: ['applications'],
      summary: 'The applications, what files they take and which models they run.',
    })
    .output(z.object({ applications: z.array(ApplicationManifest) })),
};
