import type { Page } from 'playwright-core'

/** Pretended machines that do nothing by themselves; what they are told takes a tenth of its time. */
export const stillMachines = { mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '10' } } as const

/** Opens the console of the chosen machine in a window of its own, which `opening` waits for. */
export async function openOwnWindow(
  page: Page,
  opening: Promise<Page>,
  button = 'Open in a new window',
): Promise<Page> {
  await page.getByRole('button', { name: button }).click()
  return opening
}
