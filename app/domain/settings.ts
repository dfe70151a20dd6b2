import { z } from 'zod'

/** A person's settings. Every field has a default, so an older or damaged file loses only what cannot be read. */
export const settingsSchema = z.object({
  locale: z.enum(['system', 'en', 'ko']).catch('system').default('system'),
  theme: z.enum(['system', 'light', 'dark']).catch('system').default('system'),
  /** Percent, 80 to 200. */
  textZoomPercent: z.number().int().min(80).max(200).catch(100).default(100),
  terminal: z
    .object({
      fontSizePx: z.number().min(8).max(32).catch(12.5).default(12.5),
      alwaysDark: z.boolean().catch(false).default(false),
      screenReader: z.boolean().catch(false).default(false),
      /** Lines kept per session for scrolling back. */
      scrollbackLines: z.number().int().min(1_000).max(100_000).catch(10_000).default(10_000),
    })
    .prefault({}),
  list: z
    .object({
      group: z.enum(['provider', 'host', 'tag', 'none']).catch('provider').default('provider'),
      sort: z.enum(['name', 'lastUsed', 'state', 'cpu']).catch('name').default('name'),
      table: z.boolean().catch(false).default(false),
    })
    .prefault({}),
  /** Paths of tools that are not found by themselves, by tool name. */
  toolPaths: z.record(z.string(), z.string()).catch({}).default({}),
  /** What closing the window does to running machines; `ask` shows the quit dialog. */
  onQuit: z.enum(['ask', 'keep']).catch('ask').default('ask'),
  firstRunDone: z.boolean().catch(false).default(false),
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings: Settings = settingsSchema.parse({})
