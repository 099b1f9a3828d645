import type { ApplicationManifest } from '../../../shared/model/application.ts';
import type { Verb } from '../session.ts';
import { formatTable, type Column } from '../table.ts';

export const apps: Verb = {
  name: 'apps',
  usage: '',
  summary: 'verb-apps',
  flags: [],
  examples: ['switchyard apps', 'switchyard apps --json'],
  run: async ({ core, output, text }) => {
    const { client } = await core();
    const { applications } = await client.applications.list();
    if (output.isJson) output.printJson({ applications });
    else {
      const columns: Column<ApplicationManifest>[] = [
        { title: text('column-app'), cell: ({ id }) => id },
        { title: text('column-accepts'), cell: ({ accepts }) => accepts.join(' ') },
        { title: text('column-models'), cell: ({ models }) => models.join(' ') },
      ];
      for (const line of formatTable(columns, applications, output.columns, output.style.dim)) output.print(line);
    }
    return 0;
  },
};
