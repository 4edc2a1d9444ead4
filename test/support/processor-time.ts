/** Milliseconds of this process's processor time that some work takes: unlike the time of a clock, they do not depend on what else the machine does. */
export function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
