import type { MachineId } from './ids.ts'

/** Figures of one moment. Every one is null when the tool cannot say; null is shown as "not known", never as 0. */
export interface Stats {
  readonly id: MachineId
  /** Share of one core, 0 to 100 × cores. */
  readonly cpuPercent: number | null
  readonly memoryBytes: number | null
  readonly memoryLimitBytes: number | null
  readonly diskReadBytesPerSecond: number | null
  readonly diskWriteBytesPerSecond: number | null
  readonly networkReceiveBytesPerSecond: number | null
  readonly networkSendBytesPerSecond: number | null
}
