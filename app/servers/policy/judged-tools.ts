import type { ListedTool } from '../listed-tools.ts';
import { type PolicySettings, policyOf, UNLIMITED } from './policy.ts';

/** A tool as its server listed it, and whether its own rules let it through. Sets may take away more from single clients. */
export interface JudgedTool extends ListedTool {
  readonly isOn: boolean;
}

/** The tools that a server has listed, each with what its rules in the settings make of it; null where it has listed none. */
export function judgedTools(
  listed: readonly ListedTool[] | null,
  settings: PolicySettings,
  server: string,
): readonly JudgedTool[] | null {
  if (listed === null) return null;
  const policy = policyOf(settings, server, UNLIMITED);
  return listed.map(({ name, title, description, bytes }) => ({
    name,
    title,
    description,
    bytes,
    isOn: policy === null || policy.denial('tools', name) === null,
  }));
}
