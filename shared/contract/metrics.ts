import * as z from 'zod';
import { MetricPoint, Quantity, Utilization } from '../model/metrics.ts';
import { base } from './base.ts';

const at = z.coerce.number().int().nonnegative();
const window = { from: at, to: at };
const isForwards = ({ from, to }: { from: number; to: number }): boolean => from < to;
const forwards = 'to must be later than from';

export const metrics = {
  series: base
    .route({
      method: 'GET',
      path: '/metrics/series',
      tags: ['metrics'],
      summary: 'One quantity over time, of one device, group or job.',
      description:
        'Seconds for the last hour, 10 seconds for the last day and minutes for 30 days, or coarser, so that there are at most `points`. Where nothing was measured there is no point: a line is broken wherever two points lie more than 2.5 × `stepMs` apart.',
    })
    .input(
      z
        .object({
          device: z.string().min(1).exactOptional(),
          group: z.string().min(1).exactOptional(),
          job: z.coerce.number().int().positive().exactOptional(),
          quantity: Quantity,
          ...window,
          points: z.coerce.number().int().min(1).max(5000).default(1000),
        })
        .refine(isForwards, forwards)
        .refine(({ device, group, job }) => [device, group, job].filter((one) => one !== undefined).length === 1, {
          message: 'name one of device, group and job',
        }),
    )
    .output(z.object({ stepMs: z.number(), points: z.array(MetricPoint) })),
  utilization: base
    .route({
      method: 'GET',
      path: '/metrics/utilization',
      tags: ['metrics'],
      summary: 'Used over total of each resource over a stretch of time; never a mean of percentages.',
      description: 'What was not measured is absent.',
    })
    .input(z.object({ ...window, by: z.enum(['device', 'kind', 'group']).default('device') }).refine(isForwards, forwards))
    .output(z.object({ rows: z.array(Utilization) })),
};
