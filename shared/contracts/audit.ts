import { z } from 'zod';
import { pageOf, time } from './common.ts';

export const auditEntry = z
  .object({
    auditId: z.string().meta({ example: '8d2e1f0a9b3c4d5e6f708192' }),
    at: time,
    actorId: z.string().meta({
      description: 'Who did it; `operator`: somebody at the command line',
      example: '7c8e9f015f2b8c0e9d3a4b6c',
    }),
    action: z.string().meta({ description: 'The row of the policy', example: 'video.delete' }),
    method: z.string().meta({ description: '`CLI`: by a command', example: 'DELETE' }),
    route: z.string().meta({ example: '/api/videos/:videoId' }),
    target: z
      .record(z.string(), z.string())
      .meta({ description: 'What stood in the route', example: { videoId: '5f2b8c0e9d3a4b6c7d8e9f01' } }),
    ownerId: z.string().nullable().meta({ description: 'Whose it was', example: '7c8e9f015f2b8c0e9d3a4b6c' }),
    changes: z.record(z.string(), z.string().nullable()).meta({
      description: 'The fields that were set; with their values where those are neither personal nor secret',
      example: { status: 'suspended', reason: null },
    }),
    requestId: z
      .string()
      .meta({ description: 'Find it in the log', example: '0b6ff0a45f3c4f0e9d0c0a3c0f0a6f11' }),
    address: z.string().meta({ description: 'Where the request came from', example: '203.0.113.7' }),
  })
  .meta({ id: 'AuditEntry' });

export const auditPage = pageOf(auditEntry).meta({ id: 'AuditPage' });
