import type { Page } from 'playwright-core'

/**
 * Where a name on screen loses a character, in words; empty when all are whole. `names` are the texts to look for, each as the
 * page shows it. A name that is nowhere on screen is told too.
 */
export function clippedNames(page: Page, names: readonly string[], within = 'body'): Promise<readonly string[]> {
  return page.evaluate(
    ({ wanted, selector }) => {
      const slackPx = 0.6
      const problems: string[] = []
      const shown = [...document.querySelectorAll<HTMLElement>(`${selector} .name`)].filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        return width > 0 && height > 0
      })
      for (const name of wanted) {
        const found = shown.filter((element) => element.textContent === name)
        if (found.length === 0) problems.push(`${name} is not on screen`)
        for (const element of found) {
          for (const part of element.children) {
            const text = document.createRange()
            text.selectNodeContents(part)
            const { left, right } = text.getBoundingClientRect()
            for (let box: Element | null = part; box !== null && box !== document.body; box = box.parentElement) {
              if (getComputedStyle(box).overflowX === 'visible') continue
              const at = box.getBoundingClientRect()
              if (left < at.left - slackPx || right > at.right + slackPx) {
                problems.push(
                  `${name}: “${part.textContent}” is cut by .${box.className} (${left}–${right} in ${at.left}–${at.right})`,
                )
              }
            }
          }
        }
      }
      return problems
    },
    { wanted: names, selector: within },
  )
}
