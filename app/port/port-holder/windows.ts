/** Arguments for netstat: every TCP socket with its process, numbers only. */
export const NETSTAT_ARGUMENTS = ['-ano', '-p', 'TCP'] as const;

/**
 * The process that listens on `port`, out of `netstat -ano`. Windows translates the state column, so a listener is told
 * by its foreign address: port 0.
 */
export function pidInNetstat(output: string, port: number): number | null {
  for (const line of output.split(/\r?\n/)) {
    const [protocol, local = '', foreign = '', , pid] = line.trim().split(/\s+/);
    if (protocol === 'TCP' && local.endsWith(`:${port}`) && foreign.endsWith(':0')) return Number(pid);
  }
  return null;
}

export function tasklistArguments(pid: number): readonly string[] {
  return ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
}

/** The image name in tasklist's CSV; empty when it says, in whatever language, that there is no such task. */
export function nameInTasklist(output: string): string {
  return /^"([^"]+)","\d+"/m.exec(output)?.[1] ?? '';
}
