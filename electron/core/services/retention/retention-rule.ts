import { RetentionRule } from '../../../../shared/contract/retention.ts';

/** The setting in the journal that holds the rule, as JSON. */
export const retentionSetting = 'retention';

export const defaultRule: RetentionRule = { days: 90, jobs: 50_000 };

/** What the journal holds; undefined where that is nothing, or nothing that this version understands. */
export const savedRule = (settings: ReadonlyMap<string, string>): RetentionRule | undefined => {
  const text = settings.get(retentionSetting);
  if (text === undefined) return undefined;
  const read = RetentionRule.safeParse(JSON.parse(text));
  return read.success ? read.data : undefined;
};
