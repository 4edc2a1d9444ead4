import { performance } from 'node:perf_hooks';
import type { Target } from '../common/results.ts';
import { median } from '../common/statistics.ts';
import { Session } from '../inbound/client/session.ts';
import { StreamableTransport } from '../inbound/client/streamable-transport.ts';
import { echoFor } from '../inbound/measures/sequential-echo.ts';
import { bulk, type Direction } from '../outbound/load/bulk.ts';
import { EchoTunnel } from '../outbound/load/echo.ts';
import { getRate } from '../outbound/load/get-rate.ts';
import { newTunnels } from '../outbound/load/tunnel-rate.ts';
import type { Origin } from '../outbound/origin/origin.ts';
import type { Subject } from './subjects.ts';

/** What one window brought. */
export interface Sample {
  /** A rate, or a time in ms. */
  readonly value: number;
  /** CPU seconds of the engine's process for each unit of work. */
  readonly cpu: number;
}

export interface Measure {
  readonly name: string;
  readonly target: Target;
  /** How the median of the headless engine is shown. */
  readonly format: (value: number) => string;
  /** A unit of work, for the CPU row. */
  readonly work: string;
  take(subject: Subject, origin: Origin, windowMs: number): Promise<Sample>;
}

/** Equal is what lies within the noise of the machine, which is a tenth on a quiet one. */
const FAST: Target = { atLeast: 0.9 };
const SHORT: Target = { atMost: 1.1 };

const GIGABYTE = 1e9;
const THOUSAND = 1000;

export const MEASURES: readonly Measure[] = [
  bulkMeasure('down', 1),
  bulkMeasure('down', 8),
  bulkMeasure('up', 1),
  bulkMeasure('up', 8),
  tunnelMeasure('new tunnels, 1 at a time', 1),
  tunnelMeasure('new tunnels, 64 at once', 64),
  rateMeasure('absolute-form GET, 32 at once', async ({ port }, { http }, windowMs) => {
    const { rate } = await getRate({ proxy: port, origin: http }, 32, windowMs);
    return rate;
  }),
  timeMeasure('absolute-form GET, mean time', async ({ port }, { http }, windowMs) => {
    const { rate } = await getRate({ proxy: port, origin: http }, 1, windowMs);
    return { value: THOUSAND / rate, count: (rate * windowMs) / THOUSAND };
  }),
  timeMeasure('ping-pong in a quiet tunnel, p50', async ({ port }, { bytes }, windowMs) => {
    const tunnel = await EchoTunnel.open({ proxy: port, origin: bytes });
    const laps = await tunnel.pingFor(windowMs);
    await tunnel.close();
    return { value: median(laps), count: laps.length };
  }),
  timeMeasure('MCP echo at /mcp, p50', async ({ port }, _origin, windowMs) => {
    const session = await Session.over(async (events) => new StreamableTransport(port, '/mcp', events));
    await session.initialize();
    await session.confirm();
    const laps = await echoFor(session, windowMs);
    await session.transport.close();
    return { value: median(laps), count: laps.length };
  }),
];

function tunnelMeasure(name: string, atOnce: number): Measure {
  return rateMeasure(name, async ({ port }, { bytes }, windowMs) => {
    const { tunnels, seconds } = await newTunnels({ proxy: port, origin: bytes }, atOnce, windowMs, () => 0);
    return tunnels / seconds;
  });
}

function bulkMeasure(direction: Direction, streams: number): Measure {
  return {
    name: `bulk ${direction}, ${streams === 1 ? '1 stream' : `${streams} streams`}`,
    target: FAST,
    format: (rate) => `${(rate / GIGABYTE).toFixed(2)} GB/s`,
    work: 's/GB',
    async take({ port, cpuSeconds }, origin, windowMs) {
      const path = { proxy: port, origin: origin.bytes };
      const { bytes, seconds, cpuSeconds: used } = await bulk(path, direction, streams, windowMs, cpuSeconds);
      return { value: bytes / seconds, cpu: used / (bytes / GIGABYTE) };
    },
  };
}

function rateMeasure(name: string, take: (...of: Parameters<Measure['take']>) => Promise<number>): Measure {
  return {
    name,
    target: FAST,
    format: (rate) => `${Math.round(rate)}/s`,
    work: 'ms each',
    take: (...of) =>
      withCpu(of[0], async () => {
        const started = performance.now();
        const value = await take(...of);
        return { value, count: (value * (performance.now() - started)) / THOUSAND };
      }),
  };
}

interface Timed {
  /** Milliseconds. */
  readonly value: number;
  readonly count: number;
}

function timeMeasure(name: string, take: (...of: Parameters<Measure['take']>) => Promise<Timed>): Measure {
  return {
    name,
    target: SHORT,
    format: (ms) => `${ms.toFixed(3)} ms`,
    work: 'ms each',
    take: (...of) => withCpu(of[0], () => take(...of)),
  };
}

async function withCpu({ cpuSeconds }: Subject, work: () => Promise<Timed>): Promise<Sample> {
  const before = cpuSeconds();
  const { value, count } = await work();
  return { value, cpu: ((cpuSeconds() - before) * THOUSAND) / count };
}
